import type { LanguageTexts } from './labels.ts';

export const es: LanguageTexts = {
  setOwner: {
    actionName: 'Establecer propietario por correo electrónico',
    actionDescription:
      'Busca al propietario con esta dirección de correo electrónico y lo establece como propietario del registro inscrito.',
    actionCardContent: 'Establecer a {{ownerEmail}} como propietario',
  },
  findOwner: {
    actionName: 'Buscar propietario por correo electrónico',
    actionDescription:
      'Busca al propietario con esta dirección de correo electrónico y pasa sus ID, su nombre y su equipo a las acciones posteriores. El registro no se modifica.',
    actionCardContent: 'Buscar al propietario {{ownerEmail}}',
  },
  inputFieldLabels: {
    ownerEmail: 'Correo electrónico del propietario',
    ownerProperty: 'Propiedad de propietario',
    overwrite: 'Si el registro ya tiene propietario',
    ifNotAssignable: 'Si el correo no da ningún propietario asignable',
    fallbackOwner: 'Propietario alternativo',
  },
  inputFieldDescriptions: {
    ownerEmail:
      'Una dirección fija, una propiedad del registro o un resultado de una acción anterior. Una sola dirección de correo electrónico: no se aceptan ID de propietario ni de usuario.',
    ownerProperty:
      'La propiedad que se va a establecer. Si se deja vacío, se usa la propiedad predeterminada hubspot_owner_id.',
    overwrite: 'Indica si se reemplaza al propietario existente. Si se deja vacío, se reemplaza siempre.',
    ifNotAssignable:
      'Qué ocurre cuando el correo falta, no es válido o no pertenece a nadie que se pueda asignar. Si se deja vacío, la acción falla y el registro no se modifica.',
    fallbackOwner:
      'Quién pasa a ser el propietario cuando el correo no da ningún propietario asignable. Elige un usuario activo.',
  },
  inputFieldOptionLabels: {
    overwrite: {
      ALWAYS: 'Reemplazar siempre al propietario',
      IF_UNASSIGNED: 'Conservar al propietario',
      IF_OWNER_INACTIVE: 'Reemplazar al propietario solo si está desactivado',
    },
    ifNotAssignable: {
      FAIL: 'Marcar la acción como fallida',
      FALLBACK: 'Asignar al propietario alternativo',
      CLEAR: 'Quitar al propietario',
      LEAVE: 'Dejar al propietario como está, sin error',
    },
  },
  outputFieldLabels: {
    outcome: 'Resultado',
    reason: 'Motivo',
    ownerId: 'ID del propietario',
    ownerEmail: 'Correo electrónico del propietario',
    ownerName: 'Nombre del propietario',
    userId: 'ID del usuario',
    primaryTeamId: 'ID del equipo principal',
    primaryTeamName: 'Nombre del equipo principal',
    previousOwnerId: 'ID del propietario anterior',
    previousOwnerName: 'Nombre del propietario anterior',
    substitutedFor: 'Sustituye a',
    substitutedForName: 'Sustituye a (nombre)',
    matchedBy: 'Correo reconocido por',
    matchedEmail: 'Correo reconocido',
    resolvedFrom: 'Origen de los datos del propietario',
    ownerDataAgeSeconds: 'Antigüedad de los datos del propietario en segundos',
    errorCode: 'Código de error',
    errorMessage: 'Mensaje de error',
    errorDetails: 'Detalles del error',
  },
  outcomes: {
    FALLBACK_ASSIGNED:
      'Se asignó al propietario alternativo {{ ownerEmail }} porque ningún propietario activo coincide con el correo.',
    CLEARED: 'Se quitó al propietario porque ningún propietario activo coincide con el correo.',
    LEFT_UNCHANGED: 'El propietario no se modificó porque ningún propietario activo coincide con el correo.',
    ASSIGNED: 'Se estableció a {{ ownerEmail }} como propietario.',
    ALREADY_ASSIGNED: '{{ ownerEmail }} ya era el propietario. No hubo que cambiar nada.',
    KEPT_EXISTING:
      '{{ ownerEmail }} sigue siendo el propietario. Esta acción está configurada para conservar al propietario existente.',
    FOUND: 'Se encontró al propietario {{ ownerEmail }} (ID {{ ownerId }}).',
    KEPT_CHANGED_SINCE:
      'El propietario se cambió después de inscribir este registro, así que se conservó al más reciente.',
  },
  additions: {
    replaced: 'Propietario anterior: {{ previousOwnerName }}.',
    successor: 'Sustituye a {{ substitutedForName }}, un usuario desactivado.',
    formerEmail: 'Se encontró por la dirección anterior {{ matchedEmail }}.',
  },
  errors: {
    EMAIL_MISSING: {
      happened: 'No se indicó ninguna dirección de correo electrónico.',
      advice: 'Completa la propiedad que lee esta acción o elige otra.',
    },
    EMAIL_INVALID: {
      happened: '«{{ ownerEmail }}» no es una dirección de correo electrónico válida.',
      advice: 'Corrige el valor.',
    },
    OWNER_NOT_FOUND: {
      happened: 'Nadie en esta cuenta de HubSpot, activo o desactivado, tiene el correo {{ ownerEmail }}.',
      advice: 'Comprueba la ortografía o agrega a esta persona como usuario.',
    },
    OWNER_DEACTIVATED: {
      happened: '{{ ownerEmail }} pertenece a un usuario desactivado, que ya no debe recibir registros.',
      advice: 'Usa el correo de un usuario activo o reactiva a este usuario.',
    },
    OWNER_AMBIGUOUS: {
      happened: 'Varios propietarios activos comparten el correo {{ ownerEmail }}, así que no se eligió a ninguno.',
      advice: 'Asegúrate de que solo un usuario activo tenga este correo.',
    },
    OWNER_IS_QUEUE: {
      happened: '{{ ownerEmail }} pertenece a una cola, no a una persona.',
      advice: 'Usa el correo de una persona.',
    },
    VALUE_IS_OWNER_ID: {
      happened: '{{ ownerEmail }} es un ID de propietario, no una dirección de correo electrónico.',
      advice: 'Elige la propiedad que contiene el correo de la persona.',
    },
    VALUE_IS_USER_ID: {
      happened: '{{ ownerEmail }} es un ID de usuario, no una dirección de correo electrónico.',
      advice: 'Elige la propiedad que contiene el correo de la persona.',
    },
    FALLBACK_OWNER_INVALID: {
      happened: 'El propietario alternativo falta, está desactivado o no es un usuario de esta cuenta de HubSpot.',
      advice: 'Abre esta acción en el workflow y elige un usuario activo como propietario alternativo.',
    },
    INPUT_INVALID: {
      happened: 'Un campo de esta acción tiene un valor no permitido.',
      advice: 'Abre esta acción en el workflow y vuelve a elegir el valor.',
    },
    RECORD_MISSING: {
      happened: 'Este workflow no inscribe ningún registro cuyo propietario se pueda establecer.',
      advice: 'Usa esta acción en un workflow que inscriba registros.',
    },
    RECORD_NOT_FOUND: {
      happened: 'El registro ya no existe. Se eliminó o se fusionó con otro.',
      advice: 'Si se fusionó, inscribe en el workflow el registro que quedó.',
    },
    RECORD_TYPE_UNSUPPORTED: {
      happened: 'No se puede establecer el propietario de este tipo de registro.',
      advice: 'Usa esta acción en un workflow para otro tipo de registro.',
    },
    PROPERTY_NOT_FOUND: {
      happened:
        'La propiedad elegida no existe para este tipo de registro o no es una propiedad de propietario que se pueda modificar.',
      advice: 'Vuelve a elegir la propiedad en esta acción.',
    },
    PROPERTY_HOLDS_SEVERAL: {
      happened: 'La propiedad elegida contiene a varias personas, así que no se modificó.',
      advice: 'Elige una propiedad que contenga a una sola persona.',
    },
    RECORD_VALIDATION_FAILED: {
      happened: 'Una regla de validación de esta cuenta de HubSpot rechazó el cambio. El registro no se modificó.',
      advice: 'Corrige el registro o cambia la regla y vuelve a inscribir el registro.',
    },
    INVALID_OWNER_ID: {
      happened: 'HubSpot rechazó a este propietario, aunque se acababa de encontrar. El registro no se modificó.',
      advice:
        'Comprueba que el usuario siga activo y tenga acceso a este tipo de registro, y vuelve a inscribir el registro.',
    },
    MISSING_SCOPES: {
      happened: 'La aplicación no tiene los permisos que necesita en esta cuenta de HubSpot.',
      advice: 'Pide a un superadministrador que vuelva a instalar la aplicación y apruebe sus permisos.',
    },
    PORTAL_NOT_CONNECTED: {
      happened: 'La aplicación no está conectada a esta cuenta de HubSpot.',
      advice: 'Pide a un superadministrador que la instale. Una cuenta sandbox necesita su propia instalación.',
    },
    EXPIRED_IN_QUEUE: {
      happened: 'Esta acción esperó demasiado tiempo en la cola. El registro no se modificó.',
      advice: 'Vuelve a inscribir el registro en el workflow.',
    },
  },
  details: 'Detalles: {{ errorDetails }}',
  cause: 'Causa (en inglés): {{ errorMessage }}',
};
