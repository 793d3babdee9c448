import type { LanguageTexts } from './labels.ts';

export const ptBr: LanguageTexts = {
  setOwner: {
    actionName: 'Definir proprietário por e-mail',
    actionDescription:
      'Encontra o proprietário com este endereço de e-mail e o define como proprietário do registro inscrito.',
    actionCardContent: 'Definir {{ownerEmail}} como proprietário',
  },
  findOwner: {
    actionName: 'Encontrar proprietário por e-mail',
    actionDescription:
      'Encontra o proprietário com este endereço de e-mail e passa os IDs, o nome e a equipe às ações seguintes. O registro não é alterado.',
    actionCardContent: 'Encontrar o proprietário {{ownerEmail}}',
  },
  inputFieldLabels: {
    ownerEmail: 'E-mail do proprietário',
    ownerProperty: 'Propriedade de proprietário',
    overwrite: 'Se o registro já tiver um proprietário',
    ifNotAssignable: 'Se o e-mail não indicar um proprietário que possa ser atribuído',
    fallbackOwner: 'Proprietário alternativo',
  },
  inputFieldDescriptions: {
    ownerEmail:
      'Um endereço fixo, uma propriedade do registro ou uma saída de uma ação anterior. Exatamente um endereço de e-mail: IDs de proprietário ou de usuário não são aceitos.',
    ownerProperty:
      'A propriedade a ser definida. Se ficar em branco, a propriedade padrão hubspot_owner_id será definida.',
    overwrite: 'Indica se o proprietário existente será substituído. Se ficar em branco, ele sempre será substituído.',
    ifNotAssignable:
      'O que acontece quando o e-mail está ausente, não é válido ou não pertence a ninguém que possa ser atribuído. Se ficar em branco, a ação falha e o registro não é alterado.',
    fallbackOwner:
      'Quem passa a ser o proprietário quando o e-mail não indica ninguém que possa ser atribuído. Escolha um usuário ativo.',
  },
  inputFieldOptionLabels: {
    overwrite: {
      ALWAYS: 'Sempre substituir o proprietário',
      IF_UNASSIGNED: 'Manter o proprietário',
      IF_OWNER_INACTIVE: 'Substituir o proprietário somente se estiver desativado',
    },
    ifNotAssignable: {
      FAIL: 'Marcar a ação como falha',
      FALLBACK: 'Atribuir ao proprietário alternativo',
      CLEAR: 'Remover o proprietário',
      LEAVE: 'Deixar o proprietário como está, sem falhar',
    },
  },
  outputFieldLabels: {
    outcome: 'Resultado',
    reason: 'Motivo',
    ownerId: 'ID do proprietário',
    ownerEmail: 'E-mail do proprietário',
    ownerName: 'Nome do proprietário',
    userId: 'ID do usuário',
    primaryTeamId: 'ID da equipe principal',
    primaryTeamName: 'Nome da equipe principal',
    previousOwnerId: 'ID do proprietário anterior',
    previousOwnerName: 'Nome do proprietário anterior',
    substitutedFor: 'Substitui',
    substitutedForName: 'Substitui (nome)',
    matchedBy: 'E-mail reconhecido por',
    matchedEmail: 'E-mail reconhecido',
    resolvedFrom: 'Origem dos dados do proprietário',
    ownerDataAgeSeconds: 'Idade dos dados do proprietário em segundos',
    errorCode: 'Código de erro',
    errorMessage: 'Mensagem de erro',
    errorDetails: 'Detalhes do erro',
  },
  outcomes: {
    FALLBACK_ASSIGNED:
      'O proprietário alternativo {{ ownerEmail }} foi atribuído porque nenhum proprietário ativo corresponde ao e-mail.',
    CLEARED: 'O proprietário foi removido porque nenhum proprietário ativo corresponde ao e-mail.',
    LEFT_UNCHANGED: 'O proprietário não foi alterado porque nenhum proprietário ativo corresponde ao e-mail.',
    ASSIGNED: '{{ ownerEmail }} foi definido como proprietário.',
    ALREADY_ASSIGNED: '{{ ownerEmail }} já era o proprietário. Nada precisou ser alterado.',
    KEPT_EXISTING:
      '{{ ownerEmail }} continua como proprietário. Esta ação está configurada para manter um proprietário existente.',
    FOUND: 'O proprietário {{ ownerEmail }} foi encontrado (ID {{ ownerId }}).',
    KEPT_CHANGED_SINCE:
      'O proprietário foi alterado depois que este registro foi inscrito, por isso o mais recente foi mantido.',
  },
  additions: {
    replaced: 'Proprietário anterior: {{ previousOwnerName }}.',
    successor: 'Substitui {{ substitutedForName }}, um usuário desativado.',
    formerEmail: 'Encontrado pelo endereço anterior {{ matchedEmail }}.',
  },
  errors: {
    EMAIL_MISSING: {
      happened: 'Nenhum endereço de e-mail foi informado.',
      advice: 'Preencha a propriedade que esta ação lê ou escolha outra.',
    },
    EMAIL_INVALID: {
      happened: '“{{ ownerEmail }}” não é um endereço de e-mail válido.',
      advice: 'Corrija o valor.',
    },
    OWNER_NOT_FOUND: {
      happened: 'Ninguém nesta conta da HubSpot, ativo ou desativado, tem o e-mail {{ ownerEmail }}.',
      advice: 'Verifique a grafia ou adicione esta pessoa como usuário.',
    },
    OWNER_DEACTIVATED: {
      happened: '{{ ownerEmail }} pertence a um usuário desativado, que não deve mais receber registros.',
      advice: 'Use o e-mail de um usuário ativo ou reative este usuário.',
    },
    OWNER_AMBIGUOUS: {
      happened: 'Vários proprietários ativos compartilham o e-mail {{ ownerEmail }}, por isso nenhum foi escolhido.',
      advice: 'Garanta que apenas um usuário ativo tenha este e-mail.',
    },
    OWNER_IS_QUEUE: {
      happened: '{{ ownerEmail }} pertence a uma fila, não a uma pessoa.',
      advice: 'Use o e-mail de uma pessoa.',
    },
    VALUE_IS_OWNER_ID: {
      happened: '{{ ownerEmail }} é um ID de proprietário, não um endereço de e-mail.',
      advice: 'Escolha a propriedade que contém o e-mail da pessoa.',
    },
    VALUE_IS_USER_ID: {
      happened: '{{ ownerEmail }} é um ID de usuário, não um endereço de e-mail.',
      advice: 'Escolha a propriedade que contém o e-mail da pessoa.',
    },
    FALLBACK_OWNER_INVALID: {
      happened: 'O proprietário alternativo está ausente, desativado ou não é um usuário desta conta da HubSpot.',
      advice: 'Abra esta ação no fluxo de trabalho e escolha um usuário ativo como proprietário alternativo.',
    },
    INPUT_INVALID: {
      happened: 'Um campo desta ação tem um valor não permitido.',
      advice: 'Abra esta ação no fluxo de trabalho e escolha o valor novamente.',
    },
    RECORD_MISSING: {
      happened: 'Este fluxo de trabalho não inscreve nenhum registro cujo proprietário possa ser definido.',
      advice: 'Use esta ação em um fluxo de trabalho que inscreva registros.',
    },
    RECORD_NOT_FOUND: {
      happened: 'O registro não existe mais. Ele foi excluído ou mesclado com outro.',
      advice: 'Se ele foi mesclado, inscreva o registro restante no fluxo de trabalho.',
    },
    RECORD_TYPE_UNSUPPORTED: {
      happened: 'Não é possível definir o proprietário deste tipo de registro.',
      advice: 'Use esta ação em um fluxo de trabalho para outro tipo de registro.',
    },
    PROPERTY_NOT_FOUND: {
      happened:
        'A propriedade escolhida não existe para este tipo de registro ou não é uma propriedade de proprietário que possa ser alterada.',
      advice: 'Escolha a propriedade novamente nesta ação.',
    },
    PROPERTY_HOLDS_SEVERAL: {
      happened: 'A propriedade escolhida contém várias pessoas, por isso não foi alterada.',
      advice: 'Escolha uma propriedade que contenha uma única pessoa.',
    },
    RECORD_VALIDATION_FAILED: {
      happened: 'Uma regra de validação desta conta da HubSpot recusou a alteração. O registro não foi alterado.',
      advice: 'Corrija o registro ou altere a regra e inscreva o registro novamente.',
    },
    INVALID_OWNER_ID: {
      happened:
        'A HubSpot recusou este proprietário, embora ele tivesse acabado de ser encontrado. O registro não foi alterado.',
      advice:
        'Verifique se o usuário ainda está ativo e tem acesso a este tipo de registro e inscreva o registro novamente.',
    },
    MISSING_SCOPES: {
      happened: 'O aplicativo não tem as permissões necessárias nesta conta da HubSpot.',
      advice: 'Peça a um superadministrador que instale o aplicativo novamente e aprove as permissões.',
    },
    PORTAL_NOT_CONNECTED: {
      happened: 'O aplicativo não está conectado a esta conta da HubSpot.',
      advice: 'Peça a um superadministrador que o instale. Uma conta sandbox precisa de uma instalação própria.',
    },
    EXPIRED_IN_QUEUE: {
      happened: 'Esta ação esperou tempo demais na fila. O registro não foi alterado.',
      advice: 'Inscreva o registro novamente no fluxo de trabalho.',
    },
  },
  details: 'Detalhes: {{ errorDetails }}',
  cause: 'Causa (em inglês): {{ errorMessage }}',
};
