// Made by `npm run generate` and `npm run hubspot:configure`. Do not edit.
export type ActionTexts = {
  readonly outcome: Readonly<Record<import('./portal-api.ts').Outcome, string>>;
  readonly matchedBy: Readonly<Record<'EMAIL' | 'FORMER_EMAIL' | 'ALIAS', string>>;
  readonly resolvedFrom: Readonly<Record<'CACHE' | 'LIVE', string>>;
  readonly errorCode: Readonly<Record<string, string>>;
  readonly outputs: Readonly<Record<string, string>>;
};

export const ACTION_TEXTS: Readonly<Record<'en' | 'de' | 'fr' | 'es' | 'pt-br' | 'ja' | 'nl', ActionTexts>> = {
  "en": {
    "outcome": {
      "ASSIGNED": "Owner assigned",
      "ALREADY_ASSIGNED": "Already assigned",
      "KEPT_EXISTING": "Existing owner kept",
      "FALLBACK_ASSIGNED": "Fallback owner assigned",
      "CLEARED": "Owner cleared",
      "LEFT_UNCHANGED": "Owner not changed",
      "FOUND": "Owner found",
      "FAILED": "Failed"
    },
    "matchedBy": {
      "EMAIL": "Current email",
      "FORMER_EMAIL": "Former email",
      "ALIAS": "Alias"
    },
    "resolvedFrom": {
      "CACHE": "Stored owner data",
      "LIVE": "Looked up in HubSpot"
    },
    "errorCode": {
      "EMAIL_MISSING": "Email missing",
      "EMAIL_INVALID": "Invalid email",
      "OWNER_NOT_FOUND": "Owner not found",
      "OWNER_DEACTIVATED": "Owner deactivated",
      "OWNER_AMBIGUOUS": "Email leads to several owners",
      "OWNER_IS_QUEUE": "Email belongs to a queue",
      "VALUE_IS_OWNER_ID": "Owner ID instead of an email",
      "VALUE_IS_USER_ID": "User ID instead of an email",
      "FALLBACK_OWNER_INVALID": "Invalid fallback owner",
      "INPUT_INVALID": "Invalid input",
      "RECORD_MISSING": "No record enrolled",
      "RECORD_NOT_FOUND": "Record not found",
      "RECORD_TYPE_UNSUPPORTED": "Record type not supported",
      "PROPERTY_NOT_FOUND": "Owner property not found",
      "PROPERTY_HOLDS_SEVERAL": "Property holds several people",
      "RECORD_VALIDATION_FAILED": "Rejected by a validation rule",
      "INVALID_OWNER_ID": "Owner rejected by HubSpot",
      "MISSING_SCOPES": "Missing permissions",
      "PORTAL_NOT_CONNECTED": "App not connected",
      "EXPIRED_IN_QUEUE": "Waited too long in the queue"
    },
    "outputs": {
      "outcome": "Outcome",
      "reason": "Reason",
      "ownerId": "Owner ID",
      "ownerEmail": "Owner email",
      "ownerName": "Owner name",
      "userId": "User ID",
      "primaryTeamId": "Main team ID",
      "primaryTeamName": "Main team name",
      "previousOwnerId": "Previous owner ID",
      "previousOwnerName": "Previous owner name",
      "substitutedFor": "Stands in for deactivated user (owner ID)",
      "substitutedForName": "Stands in for deactivated user (name)",
      "matchedBy": "Email matched by",
      "matchedEmail": "Matched email",
      "resolvedFrom": "Source of the owner data",
      "ownerDataAgeSeconds": "Age of the owner data in seconds",
      "errorCode": "Error code",
      "errorMessage": "Error message",
      "errorDetails": "Error details"
    }
  },
  "de": {
    "outcome": {
      "ASSIGNED": "Zuständiger Mitarbeiter zugewiesen",
      "ALREADY_ASSIGNED": "Bereits zugewiesen",
      "KEPT_EXISTING": "Vorhandener zuständiger Mitarbeiter beibehalten",
      "FALLBACK_ASSIGNED": "Fallback-Mitarbeiter zugewiesen",
      "CLEARED": "Zuständiger Mitarbeiter entfernt",
      "LEFT_UNCHANGED": "Zuständiger Mitarbeiter nicht geändert",
      "FOUND": "Zuständiger Mitarbeiter gefunden",
      "FAILED": "Fehlgeschlagen"
    },
    "matchedBy": {
      "EMAIL": "Aktuelle E-Mail-Adresse",
      "FORMER_EMAIL": "Frühere E-Mail-Adresse",
      "ALIAS": "Alias"
    },
    "resolvedFrom": {
      "CACHE": "Gespeicherte Angaben",
      "LIVE": "In HubSpot abgefragt"
    },
    "errorCode": {
      "EMAIL_MISSING": "E-Mail-Adresse fehlt",
      "EMAIL_INVALID": "Ungültige E-Mail-Adresse",
      "OWNER_NOT_FOUND": "Mitarbeiter nicht gefunden",
      "OWNER_DEACTIVATED": "Mitarbeiter deaktiviert",
      "OWNER_AMBIGUOUS": "E-Mail-Adresse führt zu mehreren Mitarbeitern",
      "OWNER_IS_QUEUE": "E-Mail-Adresse gehört zu einer Warteschlange",
      "VALUE_IS_OWNER_ID": "Mitarbeiter-ID statt E-Mail-Adresse",
      "VALUE_IS_USER_ID": "Benutzer-ID statt E-Mail-Adresse",
      "FALLBACK_OWNER_INVALID": "Ungültiger Fallback-Mitarbeiter",
      "INPUT_INVALID": "Ungültige Eingabe",
      "RECORD_MISSING": "Kein Datensatz aufgenommen",
      "RECORD_NOT_FOUND": "Datensatz nicht gefunden",
      "RECORD_TYPE_UNSUPPORTED": "Art des Datensatzes nicht unterstützt",
      "PROPERTY_NOT_FOUND": "Eigenschaft für den zuständigen Mitarbeiter nicht gefunden",
      "PROPERTY_HOLDS_SEVERAL": "Eigenschaft enthält mehrere Personen",
      "RECORD_VALIDATION_FAILED": "Von einer Validierungsregel abgelehnt",
      "INVALID_OWNER_ID": "Mitarbeiter von HubSpot abgelehnt",
      "MISSING_SCOPES": "Fehlende Berechtigungen",
      "PORTAL_NOT_CONNECTED": "App nicht verbunden",
      "EXPIRED_IN_QUEUE": "Zu lange in der Warteschlange"
    },
    "outputs": {
      "outcome": "Ergebnis",
      "reason": "Grund",
      "ownerId": "ID des zuständigen Mitarbeiters",
      "ownerEmail": "E-Mail-Adresse des zuständigen Mitarbeiters",
      "ownerName": "Name des zuständigen Mitarbeiters",
      "userId": "Benutzer-ID",
      "primaryTeamId": "ID des Hauptteams",
      "primaryTeamName": "Name des Hauptteams",
      "previousOwnerId": "ID des vorherigen zuständigen Mitarbeiters",
      "previousOwnerName": "Name des vorherigen zuständigen Mitarbeiters",
      "substitutedFor": "Vertritt deaktivierten Benutzer (ID des zuständigen Mitarbeiters)",
      "substitutedForName": "Vertritt deaktivierten Benutzer (Name)",
      "matchedBy": "Zuordnung der E-Mail-Adresse über",
      "matchedEmail": "Zugeordnete E-Mail-Adresse",
      "resolvedFrom": "Quelle der Angaben zum zuständigen Mitarbeiter",
      "ownerDataAgeSeconds": "Alter der Angaben zum zuständigen Mitarbeiter in Sekunden",
      "errorCode": "Fehlercode",
      "errorMessage": "Fehlermeldung",
      "errorDetails": "Details zum Fehler"
    }
  },
  "fr": {
    "outcome": {
      "ASSIGNED": "Propriétaire attribué",
      "ALREADY_ASSIGNED": "Déjà attribué",
      "KEPT_EXISTING": "Propriétaire existant conservé",
      "FALLBACK_ASSIGNED": "Propriétaire de remplacement attribué",
      "CLEARED": "Propriétaire effacé",
      "LEFT_UNCHANGED": "Propriétaire non modifié",
      "FOUND": "Propriétaire trouvé",
      "FAILED": "Échec"
    },
    "matchedBy": {
      "EMAIL": "Adresse e-mail actuelle",
      "FORMER_EMAIL": "Ancienne adresse e-mail",
      "ALIAS": "Alias"
    },
    "resolvedFrom": {
      "CACHE": "Données enregistrées",
      "LIVE": "Recherche dans HubSpot"
    },
    "errorCode": {
      "EMAIL_MISSING": "Adresse e-mail manquante",
      "EMAIL_INVALID": "Adresse e-mail non valide",
      "OWNER_NOT_FOUND": "Propriétaire introuvable",
      "OWNER_DEACTIVATED": "Propriétaire désactivé",
      "OWNER_AMBIGUOUS": "Adresse e-mail menant à plusieurs propriétaires",
      "OWNER_IS_QUEUE": "Adresse e-mail d’une file d’attente",
      "VALUE_IS_OWNER_ID": "ID de propriétaire au lieu d’une adresse e-mail",
      "VALUE_IS_USER_ID": "ID d’utilisateur au lieu d’une adresse e-mail",
      "FALLBACK_OWNER_INVALID": "Propriétaire de remplacement non valide",
      "INPUT_INVALID": "Valeur de champ non valide",
      "RECORD_MISSING": "Aucune fiche d’informations inscrite",
      "RECORD_NOT_FOUND": "Fiche d’informations introuvable",
      "RECORD_TYPE_UNSUPPORTED": "Type de fiche d’informations non pris en charge",
      "PROPERTY_NOT_FOUND": "Propriété contenant le propriétaire introuvable",
      "PROPERTY_HOLDS_SEVERAL": "Propriété contenant plusieurs personnes",
      "RECORD_VALIDATION_FAILED": "Refus par une règle de validation",
      "INVALID_OWNER_ID": "Propriétaire refusé par HubSpot",
      "MISSING_SCOPES": "Autorisations manquantes",
      "PORTAL_NOT_CONNECTED": "Application non connectée",
      "EXPIRED_IN_QUEUE": "Attente trop longue dans la file d’attente"
    },
    "outputs": {
      "outcome": "Résultat",
      "reason": "Motif",
      "ownerId": "ID du propriétaire",
      "ownerEmail": "Adresse e-mail du propriétaire",
      "ownerName": "Nom du propriétaire",
      "userId": "ID de l’utilisateur",
      "primaryTeamId": "ID de l’équipe principale",
      "primaryTeamName": "Nom de l’équipe principale",
      "previousOwnerId": "ID du propriétaire précédent",
      "previousOwnerName": "Nom du propriétaire précédent",
      "substitutedFor": "Remplace l’utilisateur désactivé (ID du propriétaire)",
      "substitutedForName": "Remplace l’utilisateur désactivé (nom)",
      "matchedBy": "Adresse e-mail trouvée par",
      "matchedEmail": "Adresse e-mail trouvée",
      "resolvedFrom": "Source des données du propriétaire",
      "ownerDataAgeSeconds": "Ancienneté des données du propriétaire en secondes",
      "errorCode": "Code d’erreur",
      "errorMessage": "Message d’erreur",
      "errorDetails": "Détails de l’erreur"
    }
  },
  "es": {
    "outcome": {
      "ASSIGNED": "Propietario asignado",
      "ALREADY_ASSIGNED": "Ya estaba asignado",
      "KEPT_EXISTING": "Propietario existente conservado",
      "FALLBACK_ASSIGNED": "Propietario alternativo asignado",
      "CLEARED": "Propietario quitado",
      "LEFT_UNCHANGED": "Propietario sin cambios",
      "FOUND": "Propietario encontrado",
      "FAILED": "Error"
    },
    "matchedBy": {
      "EMAIL": "Correo actual",
      "FORMER_EMAIL": "Correo anterior",
      "ALIAS": "Alias"
    },
    "resolvedFrom": {
      "CACHE": "Datos guardados",
      "LIVE": "Consulta en HubSpot"
    },
    "errorCode": {
      "EMAIL_MISSING": "Falta el correo",
      "EMAIL_INVALID": "Correo no válido",
      "OWNER_NOT_FOUND": "Propietario no encontrado",
      "OWNER_DEACTIVATED": "Propietario desactivado",
      "OWNER_AMBIGUOUS": "El correo lleva a varios propietarios",
      "OWNER_IS_QUEUE": "El correo pertenece a una cola",
      "VALUE_IS_OWNER_ID": "ID de propietario en lugar de un correo",
      "VALUE_IS_USER_ID": "ID de usuario en lugar de un correo",
      "FALLBACK_OWNER_INVALID": "Propietario alternativo no válido",
      "INPUT_INVALID": "Valor de campo no válido",
      "RECORD_MISSING": "Ningún registro inscrito",
      "RECORD_NOT_FOUND": "Registro no encontrado",
      "RECORD_TYPE_UNSUPPORTED": "Tipo de registro no compatible",
      "PROPERTY_NOT_FOUND": "Propiedad del propietario no encontrada",
      "PROPERTY_HOLDS_SEVERAL": "La propiedad contiene a varias personas",
      "RECORD_VALIDATION_FAILED": "Rechazado por una regla de validación",
      "INVALID_OWNER_ID": "Propietario rechazado por HubSpot",
      "MISSING_SCOPES": "Faltan permisos",
      "PORTAL_NOT_CONNECTED": "Aplicación no conectada",
      "EXPIRED_IN_QUEUE": "Espera demasiado larga en la cola"
    },
    "outputs": {
      "outcome": "Resultado",
      "reason": "Motivo",
      "ownerId": "ID del propietario",
      "ownerEmail": "Correo electrónico del propietario",
      "ownerName": "Nombre del propietario",
      "userId": "ID del usuario",
      "primaryTeamId": "ID del equipo principal",
      "primaryTeamName": "Nombre del equipo principal",
      "previousOwnerId": "ID del propietario anterior",
      "previousOwnerName": "Nombre del propietario anterior",
      "substitutedFor": "Sustituye al usuario desactivado (ID del propietario)",
      "substitutedForName": "Sustituye al usuario desactivado (nombre)",
      "matchedBy": "Correo encontrado por",
      "matchedEmail": "Correo encontrado",
      "resolvedFrom": "Origen de los datos del propietario",
      "ownerDataAgeSeconds": "Antigüedad de los datos del propietario en segundos",
      "errorCode": "Código de error",
      "errorMessage": "Mensaje de error",
      "errorDetails": "Detalles del error"
    }
  },
  "pt-br": {
    "outcome": {
      "ASSIGNED": "Proprietário atribuído",
      "ALREADY_ASSIGNED": "Já atribuído",
      "KEPT_EXISTING": "Proprietário existente mantido",
      "FALLBACK_ASSIGNED": "Proprietário alternativo atribuído",
      "CLEARED": "Proprietário removido",
      "LEFT_UNCHANGED": "Proprietário não alterado",
      "FOUND": "Proprietário encontrado",
      "FAILED": "Falha"
    },
    "matchedBy": {
      "EMAIL": "E-mail atual",
      "FORMER_EMAIL": "E-mail anterior",
      "ALIAS": "Alias"
    },
    "resolvedFrom": {
      "CACHE": "Dados armazenados",
      "LIVE": "Consulta na HubSpot"
    },
    "errorCode": {
      "EMAIL_MISSING": "E-mail ausente",
      "EMAIL_INVALID": "E-mail inválido",
      "OWNER_NOT_FOUND": "Proprietário não encontrado",
      "OWNER_DEACTIVATED": "Proprietário desativado",
      "OWNER_AMBIGUOUS": "E-mail leva a vários proprietários",
      "OWNER_IS_QUEUE": "O e-mail pertence a uma fila",
      "VALUE_IS_OWNER_ID": "ID do proprietário em vez de e-mail",
      "VALUE_IS_USER_ID": "ID de usuário em vez de e-mail",
      "FALLBACK_OWNER_INVALID": "Proprietário alternativo inválido",
      "INPUT_INVALID": "Valor de campo inválido",
      "RECORD_MISSING": "Nenhum registro inscrito",
      "RECORD_NOT_FOUND": "Registro não encontrado",
      "RECORD_TYPE_UNSUPPORTED": "Tipo de registro não compatível",
      "PROPERTY_NOT_FOUND": "Propriedade do proprietário não encontrada",
      "PROPERTY_HOLDS_SEVERAL": "A propriedade contém várias pessoas",
      "RECORD_VALIDATION_FAILED": "Recusado por uma regra de validação",
      "INVALID_OWNER_ID": "Proprietário recusado pela HubSpot",
      "MISSING_SCOPES": "Permissões ausentes",
      "PORTAL_NOT_CONNECTED": "Aplicativo não conectado",
      "EXPIRED_IN_QUEUE": "Espera longa demais na fila"
    },
    "outputs": {
      "outcome": "Resultado",
      "reason": "Motivo",
      "ownerId": "ID do proprietário",
      "ownerEmail": "E-mail do proprietário",
      "ownerName": "Nome do proprietário",
      "userId": "ID do usuário",
      "primaryTeamId": "ID da equipe principal",
      "primaryTeamName": "Nome da equipe principal",
      "previousOwnerId": "ID do proprietário anterior",
      "previousOwnerName": "Nome do proprietário anterior",
      "substitutedFor": "Substitui o usuário desativado (ID do proprietário)",
      "substitutedForName": "Substitui o usuário desativado (nome)",
      "matchedBy": "E-mail encontrado por",
      "matchedEmail": "E-mail encontrado",
      "resolvedFrom": "Origem dos dados do proprietário",
      "ownerDataAgeSeconds": "Idade dos dados do proprietário em segundos",
      "errorCode": "Código de erro",
      "errorMessage": "Mensagem de erro",
      "errorDetails": "Detalhes do erro"
    }
  },
  "ja": {
    "outcome": {
      "ASSIGNED": "担当者を割り当て済み",
      "ALREADY_ASSIGNED": "すでに割り当て済み",
      "KEPT_EXISTING": "既存の担当者を維持",
      "FALLBACK_ASSIGNED": "代わりの担当者を割り当て済み",
      "CLEARED": "担当者をクリア",
      "LEFT_UNCHANGED": "担当者の変更なし",
      "FOUND": "担当者が見つかりました",
      "FAILED": "失敗"
    },
    "matchedBy": {
      "EMAIL": "現在のEメール",
      "FORMER_EMAIL": "以前のEメール",
      "ALIAS": "別名"
    },
    "resolvedFrom": {
      "CACHE": "保存済みの担当者データ",
      "LIVE": "HubSpotで検索"
    },
    "errorCode": {
      "EMAIL_MISSING": "Eメールアドレスなし",
      "EMAIL_INVALID": "無効なEメールアドレス",
      "OWNER_NOT_FOUND": "担当者が見つかりません",
      "OWNER_DEACTIVATED": "担当者が無効化されています",
      "OWNER_AMBIGUOUS": "Eメールアドレスに複数の担当者が該当",
      "OWNER_IS_QUEUE": "Eメールアドレスはキューのもの",
      "VALUE_IS_OWNER_ID": "Eメールアドレスではなく担当者ID",
      "VALUE_IS_USER_ID": "EメールアドレスではなくユーザーID",
      "FALLBACK_OWNER_INVALID": "代わりの担当者が無効",
      "INPUT_INVALID": "無効な入力値",
      "RECORD_MISSING": "登録されたレコードなし",
      "RECORD_NOT_FOUND": "レコードが見つかりません",
      "RECORD_TYPE_UNSUPPORTED": "対応していないレコードの種類",
      "PROPERTY_NOT_FOUND": "担当者プロパティーが見つかりません",
      "PROPERTY_HOLDS_SEVERAL": "プロパティーに複数の人が入る",
      "RECORD_VALIDATION_FAILED": "検証ルールによる拒否",
      "INVALID_OWNER_ID": "HubSpotが担当者を拒否",
      "MISSING_SCOPES": "権限の不足",
      "PORTAL_NOT_CONNECTED": "アプリが未接続",
      "EXPIRED_IN_QUEUE": "キューでの待機時間超過"
    },
    "outputs": {
      "outcome": "結果",
      "reason": "理由",
      "ownerId": "担当者ID",
      "ownerEmail": "担当者のEメールアドレス",
      "ownerName": "担当者の名前",
      "userId": "ユーザーID",
      "primaryTeamId": "メインチームのID",
      "primaryTeamName": "メインチームの名前",
      "previousOwnerId": "以前の担当者のID",
      "previousOwnerName": "以前の担当者の名前",
      "substitutedFor": "代理対象の無効化されたユーザー(担当者ID)",
      "substitutedForName": "代理対象の無効化されたユーザー(名前)",
      "matchedBy": "Eメールの一致方法",
      "matchedEmail": "一致したEメール",
      "resolvedFrom": "担当者データの取得元",
      "ownerDataAgeSeconds": "担当者データの経過秒数",
      "errorCode": "エラーコード",
      "errorMessage": "エラーメッセージ",
      "errorDetails": "エラーの詳細"
    }
  },
  "nl": {
    "outcome": {
      "ASSIGNED": "Eigenaar toegewezen",
      "ALREADY_ASSIGNED": "Al toegewezen",
      "KEPT_EXISTING": "Bestaande eigenaar behouden",
      "FALLBACK_ASSIGNED": "Vervangende eigenaar toegewezen",
      "CLEARED": "Eigenaar verwijderd",
      "LEFT_UNCHANGED": "Eigenaar niet gewijzigd",
      "FOUND": "Eigenaar gevonden",
      "FAILED": "Mislukt"
    },
    "matchedBy": {
      "EMAIL": "Huidig e-mailadres",
      "FORMER_EMAIL": "Eerder e-mailadres",
      "ALIAS": "Alias"
    },
    "resolvedFrom": {
      "CACHE": "Opgeslagen eigenaargegevens",
      "LIVE": "Opgezocht in HubSpot"
    },
    "errorCode": {
      "EMAIL_MISSING": "E-mailadres ontbreekt",
      "EMAIL_INVALID": "Ongeldig e-mailadres",
      "OWNER_NOT_FOUND": "Eigenaar niet gevonden",
      "OWNER_DEACTIVATED": "Eigenaar gedeactiveerd",
      "OWNER_AMBIGUOUS": "E-mailadres leidt naar meerdere eigenaren",
      "OWNER_IS_QUEUE": "E-mailadres hoort bij een wachtrij",
      "VALUE_IS_OWNER_ID": "ID van een eigenaar in plaats van een e-mailadres",
      "VALUE_IS_USER_ID": "Gebruikers-ID in plaats van een e-mailadres",
      "FALLBACK_OWNER_INVALID": "Ongeldige vervangende eigenaar",
      "INPUT_INVALID": "Ongeldige invoer",
      "RECORD_MISSING": "Geen record ingeschreven",
      "RECORD_NOT_FOUND": "Record niet gevonden",
      "RECORD_TYPE_UNSUPPORTED": "Type record niet ondersteund",
      "PROPERTY_NOT_FOUND": "Eigenschap voor eigenaar niet gevonden",
      "PROPERTY_HOLDS_SEVERAL": "Eigenschap bevat meerdere personen",
      "RECORD_VALIDATION_FAILED": "Geweigerd door een validatieregel",
      "INVALID_OWNER_ID": "Eigenaar geweigerd door HubSpot",
      "MISSING_SCOPES": "Ontbrekende machtigingen",
      "PORTAL_NOT_CONNECTED": "App niet verbonden",
      "EXPIRED_IN_QUEUE": "Te lang in de wachtrij"
    },
    "outputs": {
      "outcome": "Resultaat",
      "reason": "Reden",
      "ownerId": "ID van de eigenaar",
      "ownerEmail": "E-mailadres van de eigenaar",
      "ownerName": "Naam van de eigenaar",
      "userId": "Gebruikers-ID",
      "primaryTeamId": "ID van het hoofdteam",
      "primaryTeamName": "Naam van het hoofdteam",
      "previousOwnerId": "ID van de vorige eigenaar",
      "previousOwnerName": "Naam van de vorige eigenaar",
      "substitutedFor": "Vervangt gedeactiveerde gebruiker (ID van de eigenaar)",
      "substitutedForName": "Vervangt gedeactiveerde gebruiker (naam)",
      "matchedBy": "E-mailadres gevonden via",
      "matchedEmail": "Gevonden e-mailadres",
      "resolvedFrom": "Bron van de gegevens over de eigenaar",
      "ownerDataAgeSeconds": "Ouderdom van de gegevens over de eigenaar in seconden",
      "errorCode": "Foutcode",
      "errorMessage": "Foutmelding",
      "errorDetails": "Details van de fout"
    }
  }
};
