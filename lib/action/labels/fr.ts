import type { LanguageTexts } from './labels.ts';

export const fr: LanguageTexts = {
  setOwner: {
    actionName: 'Définir le propriétaire par e-mail',
    actionDescription:
      'Recherche le propriétaire qui a cette adresse e-mail et le définit comme propriétaire de la fiche d’informations inscrite.',
    actionCardContent: 'Définir {{ownerEmail}} comme propriétaire',
  },
  findOwner: {
    actionName: 'Rechercher un propriétaire par e-mail',
    actionDescription:
      'Recherche le propriétaire qui a cette adresse e-mail et transmet ses ID, son nom et son équipe aux actions suivantes. La fiche d’informations n’est pas modifiée.',
    actionCardContent: 'Rechercher le propriétaire {{ownerEmail}}',
  },
  inputFieldLabels: {
    ownerEmail: 'Adresse e-mail du propriétaire',
    ownerProperty: 'Propriété du propriétaire',
    overwrite: 'Si la fiche d’informations a déjà un propriétaire',
    ifNotAssignable: 'Si l’adresse e-mail ne donne aucun propriétaire attribuable',
    fallbackOwner: 'Propriétaire de remplacement',
  },
  inputFieldDescriptions: {
    ownerEmail:
      'Une adresse fixe, une propriété de la fiche d’informations ou une sortie d’une action précédente. Une seule adresse e-mail : les ID de propriétaire et d’utilisateur ne sont pas acceptés.',
    ownerProperty:
      'La propriété à définir. Si le champ est vide, la propriété par défaut hubspot_owner_id est définie.',
    overwrite: 'Indique si le propriétaire existant est remplacé. Si le champ est vide, il est toujours remplacé.',
    ifNotAssignable:
      'Ce qui se passe lorsque l’adresse e-mail est absente, n’est pas valide ou n’appartient à personne qui puisse être propriétaire. Si le champ est vide, l’action échoue et la fiche d’informations n’est pas modifiée.',
    fallbackOwner:
      'La personne qui devient propriétaire lorsque l’adresse e-mail ne donne aucun propriétaire attribuable. Choisissez un utilisateur actif.',
  },
  inputFieldOptionLabels: {
    overwrite: {
      ALWAYS: 'Toujours remplacer le propriétaire',
      IF_UNASSIGNED: 'Conserver le propriétaire',
      IF_OWNER_INACTIVE: 'Remplacer le propriétaire uniquement s’il est désactivé',
    },
    ifNotAssignable: {
      FAIL: 'Marquer l’action comme ayant échoué',
      FALLBACK: 'Attribuer au propriétaire de remplacement',
      CLEAR: 'Effacer le propriétaire',
      LEAVE: 'Laisser le propriétaire tel quel, sans échec',
    },
  },
  outputFieldLabels: {
    outcome: 'Résultat',
    reason: 'Motif',
    ownerId: 'ID du propriétaire',
    ownerEmail: 'Adresse e-mail du propriétaire',
    ownerName: 'Nom du propriétaire',
    userId: 'ID de l’utilisateur',
    primaryTeamId: 'ID de l’équipe principale',
    primaryTeamName: 'Nom de l’équipe principale',
    previousOwnerId: 'ID du propriétaire précédent',
    previousOwnerName: 'Nom de l’ancien propriétaire',
    substitutedFor: 'Remplace',
    substitutedForName: 'Remplace (nom)',
    matchedBy: 'Adresse e-mail reconnue par',
    matchedEmail: 'Adresse e-mail reconnue',
    resolvedFrom: 'Source des données du propriétaire',
    ownerDataAgeSeconds: 'Ancienneté des données du propriétaire en secondes',
    errorCode: 'Code d’erreur',
    errorMessage: 'Message d’erreur',
    errorDetails: 'Détails de l’erreur',
  },
  outcomes: {
    FALLBACK_ASSIGNED:
      'Le propriétaire de remplacement {{ ownerEmail }} a été attribué, car aucun propriétaire actif ne correspond à l’adresse e-mail.',
    CLEARED: 'Le propriétaire a été effacé, car aucun propriétaire actif ne correspond à l’adresse e-mail.',
    LEFT_UNCHANGED:
      'Le propriétaire n’a pas été modifié, car aucun propriétaire actif ne correspond à l’adresse e-mail.',
    ASSIGNED: '{{ ownerEmail }} a été défini comme propriétaire.',
    ALREADY_ASSIGNED: '{{ ownerEmail }} était déjà propriétaire. Aucune modification n’était nécessaire.',
    KEPT_EXISTING:
      '{{ ownerEmail }} reste propriétaire. Cette action est configurée pour conserver un propriétaire existant.',
    FOUND: 'Le propriétaire {{ ownerEmail }} a été trouvé (ID {{ ownerId }}).',
    KEPT_CHANGED_SINCE:
      'Le propriétaire a été modifié après l’inscription de cette fiche d’informations. Le propriétaire le plus récent a été conservé.',
  },
  additions: {
    replaced: 'Ancien propriétaire : {{ previousOwnerName }}.',
    successor: 'Remplace {{ substitutedForName }}, dont le compte utilisateur a été désactivé.',
    formerEmail: 'Trouvé par l’ancienne adresse {{ matchedEmail }}.',
  },
  errors: {
    EMAIL_MISSING: {
      happened: 'Aucune adresse e-mail n’a été fournie.',
      advice: 'Renseignez la propriété lue par cette action ou choisissez-en une autre.',
    },
    EMAIL_INVALID: {
      happened: '« {{ ownerEmail }} » n’est pas une adresse e-mail valide.',
      advice: 'Corrigez la valeur.',
    },
    OWNER_NOT_FOUND: {
      happened: 'Personne dans ce compte HubSpot, actif ou désactivé, n’a l’adresse e-mail {{ ownerEmail }}.',
      advice: 'Vérifiez l’orthographe ou ajoutez cette personne comme utilisateur.',
    },
    OWNER_DEACTIVATED: {
      happened:
        '{{ ownerEmail }} appartient à un utilisateur désactivé, qui ne doit plus recevoir de fiches d’informations.',
      advice: 'Utilisez l’adresse e-mail d’un utilisateur actif ou réactivez cet utilisateur.',
    },
    OWNER_AMBIGUOUS: {
      happened: 'Plusieurs propriétaires actifs partagent l’adresse e-mail {{ ownerEmail }}. Aucun n’a été choisi.',
      advice: 'Faites en sorte qu’un seul utilisateur actif ait cette adresse e-mail.',
    },
    OWNER_IS_QUEUE: {
      happened: '{{ ownerEmail }} appartient à une file d’attente et non à une personne.',
      advice: 'Utilisez l’adresse e-mail d’une personne.',
    },
    VALUE_IS_OWNER_ID: {
      happened: '{{ ownerEmail }} est un ID de propriétaire et non une adresse e-mail.',
      advice: 'Choisissez la propriété qui contient l’adresse e-mail de la personne.',
    },
    VALUE_IS_USER_ID: {
      happened: '{{ ownerEmail }} est un ID d’utilisateur et non une adresse e-mail.',
      advice: 'Choisissez la propriété qui contient l’adresse e-mail de la personne.',
    },
    FALLBACK_OWNER_INVALID: {
      happened:
        'Le propriétaire de remplacement est absent, désactivé ou n’est pas un utilisateur de ce compte HubSpot.',
      advice:
        'Ouvrez cette action dans le workflow et choisissez un utilisateur actif comme propriétaire de remplacement.',
    },
    INPUT_INVALID: {
      happened: 'Un champ de cette action contient une valeur non autorisée.',
      advice: 'Ouvrez cette action dans le workflow et choisissez à nouveau la valeur.',
    },
    RECORD_MISSING: {
      happened: 'Ce workflow n’inscrit aucune fiche d’informations dont le propriétaire pourrait être défini.',
      advice: 'Utilisez cette action dans un workflow qui inscrit des fiches d’informations.',
    },
    RECORD_NOT_FOUND: {
      happened: 'La fiche d’informations n’existe plus. Elle a été supprimée ou fusionnée avec une autre.',
      advice: 'Si elle a été fusionnée, inscrivez la fiche d’informations restante dans le workflow.',
    },
    RECORD_TYPE_UNSUPPORTED: {
      happened: 'Il n’est pas possible de définir le propriétaire de ce type de fiche d’informations.',
      advice: 'Utilisez cette action dans un workflow portant sur un autre type de fiche d’informations.',
    },
    PROPERTY_NOT_FOUND: {
      happened:
        'La propriété choisie n’existe pas pour ce type de fiche d’informations, ou n’est pas une propriété de propriétaire modifiable.',
      advice: 'Choisissez à nouveau la propriété dans cette action.',
    },
    PROPERTY_HOLDS_SEVERAL: {
      happened: 'La propriété choisie contient plusieurs personnes. Elle n’a pas été modifiée.',
      advice: 'Choisissez une propriété qui contient une seule personne.',
    },
    RECORD_VALIDATION_FAILED: {
      happened:
        'Une règle de validation de ce compte HubSpot a refusé la modification. La fiche d’informations n’a pas été modifiée.',
      advice:
        'Corrigez la fiche d’informations ou modifiez la règle, puis inscrivez à nouveau la fiche d’informations.',
    },
    INVALID_OWNER_ID: {
      happened:
        'HubSpot a refusé ce propriétaire, qui venait pourtant d’être trouvé. La fiche d’informations n’a pas été modifiée.',
      advice:
        'Vérifiez que l’utilisateur est toujours actif et a accès à ce type de fiche d’informations, puis inscrivez à nouveau la fiche d’informations.',
    },
    MISSING_SCOPES: {
      happened: 'L’application ne dispose pas des autorisations nécessaires dans ce compte HubSpot.',
      advice: 'Demandez à un super administrateur de réinstaller l’application et d’approuver ses autorisations.',
    },
    PORTAL_NOT_CONNECTED: {
      happened: 'L’application n’est pas connectée à ce compte HubSpot.',
      advice: 'Demandez à un super administrateur de l’installer. Un compte sandbox nécessite sa propre installation.',
    },
    EXPIRED_IN_QUEUE: {
      happened:
        'Cette action est restée trop longtemps dans la file d’attente. La fiche d’informations n’a pas été modifiée.',
      advice: 'Inscrivez à nouveau la fiche d’informations dans le workflow.',
    },
  },
  details: 'Détails : {{ errorDetails }}',
  cause: 'Cause (en anglais) : {{ errorMessage }}',
};
