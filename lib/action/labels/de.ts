import type { LanguageTexts } from './labels.ts';

export const de: LanguageTexts = {
  setOwner: {
    actionName: 'Zuständigen Mitarbeiter per E-Mail-Adresse festlegen',
    actionDescription:
      'Sucht den Mitarbeiter mit dieser E-Mail-Adresse und legt ihn als zuständigen Mitarbeiter des aufgenommenen Datensatzes fest.',
    actionCardContent: '{{ownerEmail}} als zuständigen Mitarbeiter festlegen',
  },
  findOwner: {
    actionName: 'Zuständigen Mitarbeiter per E-Mail-Adresse suchen',
    actionDescription:
      'Sucht den Mitarbeiter mit dieser E-Mail-Adresse und gibt IDs, Name und Team an spätere Aktionen weiter. Der Datensatz wird nicht geändert.',
    actionCardContent: 'Zuständigen Mitarbeiter {{ownerEmail}} suchen',
  },
  inputFieldLabels: {
    ownerEmail: 'E-Mail-Adresse des zuständigen Mitarbeiters',
    ownerProperty: 'Eigenschaft für den zuständigen Mitarbeiter',
    overwrite: 'Wenn der Datensatz schon einen zuständigen Mitarbeiter hat',
    ifNotAssignable: 'Wenn sich über die E-Mail-Adresse niemand zuweisen lässt',
    fallbackOwner: 'Ersatzweise zuständiger Mitarbeiter',
  },
  inputFieldDescriptions: {
    ownerEmail:
      'Eine feste Adresse, eine Eigenschaft des Datensatzes oder eine Ausgabe einer früheren Aktion. Genau eine E-Mail-Adresse; IDs von Mitarbeitern oder Benutzern werden nicht angenommen.',
    ownerProperty:
      'Die Eigenschaft, die gesetzt wird. Bleibt das Feld leer, wird die Standardeigenschaft hubspot_owner_id gesetzt.',
    overwrite: 'Ob ein vorhandener zuständiger Mitarbeiter ersetzt wird. Bleibt das Feld leer, wird er immer ersetzt.',
    ifNotAssignable:
      'Was geschieht, wenn die E-Mail-Adresse fehlt, ungültig ist oder zu niemandem gehört, der zugewiesen werden kann. Bleibt das Feld leer, schlägt die Aktion fehl und der Datensatz bleibt unverändert.',
    fallbackOwner:
      'Wer zuständig wird, wenn sich über die E-Mail-Adresse niemand zuweisen lässt. Wählen Sie einen aktiven Benutzer.',
  },
  inputFieldOptionLabels: {
    overwrite: {
      ALWAYS: 'Zuständigen Mitarbeiter immer ersetzen',
      IF_UNASSIGNED: 'Zuständigen Mitarbeiter beibehalten',
      IF_OWNER_INACTIVE: 'Zuständigen Mitarbeiter nur ersetzen, wenn er deaktiviert ist',
    },
    ifNotAssignable: {
      FAIL: 'Aktion als fehlgeschlagen kennzeichnen',
      FALLBACK: 'Ersatzweise zuständigen Mitarbeiter zuweisen',
      CLEAR: 'Zuständigen Mitarbeiter entfernen',
      LEAVE: 'Zuständigen Mitarbeiter unverändert lassen, ohne Fehler',
    },
  },
  outputFieldLabels: {
    outcome: 'Ergebnis',
    reason: 'Grund',
    ownerId: 'ID des zuständigen Mitarbeiters',
    ownerEmail: 'E-Mail-Adresse des zuständigen Mitarbeiters',
    ownerName: 'Name des zuständigen Mitarbeiters',
    userId: 'Benutzer-ID',
    primaryTeamId: 'ID des Hauptteams',
    primaryTeamName: 'Name des Hauptteams',
    previousOwnerId: 'ID des vorherigen zuständigen Mitarbeiters',
    previousOwnerName: 'Name des vorherigen zuständigen Mitarbeiters',
    substitutedFor: 'Vertritt',
    substitutedForName: 'Vertritt (Name)',
    matchedBy: 'E-Mail-Adresse gefunden über',
    matchedEmail: 'Gefundene E-Mail-Adresse',
    resolvedFrom: 'Quelle der Mitarbeiterdaten',
    ownerDataAgeSeconds: 'Alter der Mitarbeiterdaten in Sekunden',
    errorCode: 'Fehlercode',
    errorMessage: 'Fehlermeldung',
    errorDetails: 'Details zum Fehler',
  },
  outcomes: {
    FALLBACK_ASSIGNED:
      'Der ersatzweise zuständige Mitarbeiter {{ ownerEmail }} wurde zugewiesen, weil zu der E-Mail-Adresse kein aktiver Mitarbeiter gehört.',
    CLEARED: 'Der zuständige Mitarbeiter wurde entfernt, weil zu der E-Mail-Adresse kein aktiver Mitarbeiter gehört.',
    LEFT_UNCHANGED:
      'Der zuständige Mitarbeiter wurde nicht geändert, weil zu der E-Mail-Adresse kein aktiver Mitarbeiter gehört.',
    ASSIGNED: '{{ ownerEmail }} wurde als zuständiger Mitarbeiter festgelegt.',
    ALREADY_ASSIGNED: '{{ ownerEmail }} war bereits zuständig. Es musste nichts geändert werden.',
    KEPT_EXISTING:
      '{{ ownerEmail }} bleibt zuständig. Diese Aktion ist so eingestellt, dass ein vorhandener zuständiger Mitarbeiter bleibt.',
    FOUND: 'Der zuständige Mitarbeiter {{ ownerEmail }} wurde gefunden (ID {{ ownerId }}).',
    KEPT_CHANGED_SINCE:
      'Der zuständige Mitarbeiter wurde geändert, nachdem dieser Datensatz aufgenommen wurde. Der neuere wurde beibehalten.',
  },
  additions: {
    replaced: 'Vorher zuständig: {{ previousOwnerName }}.',
    successor: 'Vertritt {{ substitutedForName }}; dieser Benutzer wurde deaktiviert.',
    formerEmail: 'Gefunden über die frühere Adresse {{ matchedEmail }}.',
  },
  errors: {
    EMAIL_MISSING: {
      happened: 'Es wurde keine E-Mail-Adresse angegeben.',
      advice: 'Füllen Sie die Eigenschaft aus, die diese Aktion liest, oder wählen Sie eine andere.',
    },
    EMAIL_INVALID: {
      happened: '„{{ ownerEmail }}“ ist keine gültige E-Mail-Adresse.',
      advice: 'Korrigieren Sie den Wert.',
    },
    OWNER_NOT_FOUND: {
      happened:
        'Niemand in diesem HubSpot-Account, weder aktiv noch deaktiviert, hat die E-Mail-Adresse {{ ownerEmail }}.',
      advice: 'Prüfen Sie die Schreibweise oder fügen Sie die Person als Benutzer hinzu.',
    },
    OWNER_DEACTIVATED: {
      happened: '{{ ownerEmail }} gehört einem deaktivierten Benutzer, der keine Datensätze mehr erhalten soll.',
      advice: 'Verwenden Sie die E-Mail-Adresse eines aktiven Benutzers oder reaktivieren Sie diesen Benutzer.',
    },
    OWNER_AMBIGUOUS: {
      happened:
        'Mehrere aktive Mitarbeiter haben die E-Mail-Adresse {{ ownerEmail }}; deshalb wurde keiner ausgewählt.',
      advice: 'Sorgen Sie dafür, dass nur ein aktiver Benutzer diese E-Mail-Adresse hat.',
    },
    OWNER_IS_QUEUE: {
      happened: '{{ ownerEmail }} gehört zu einer Warteschlange, nicht zu einer Person.',
      advice: 'Verwenden Sie die E-Mail-Adresse einer Person.',
    },
    VALUE_IS_OWNER_ID: {
      happened: '{{ ownerEmail }} ist die ID eines zuständigen Mitarbeiters, keine E-Mail-Adresse.',
      advice: 'Wählen Sie die Eigenschaft, in der die E-Mail-Adresse der Person steht.',
    },
    VALUE_IS_USER_ID: {
      happened: '{{ ownerEmail }} ist eine Benutzer-ID, keine E-Mail-Adresse.',
      advice: 'Wählen Sie die Eigenschaft, in der die E-Mail-Adresse der Person steht.',
    },
    FALLBACK_OWNER_INVALID: {
      happened:
        'Der ersatzweise zuständige Mitarbeiter fehlt, ist deaktiviert oder kein Benutzer dieses HubSpot-Accounts.',
      advice: 'Öffnen Sie diese Aktion im Workflow und wählen Sie dafür einen aktiven Benutzer.',
    },
    INPUT_INVALID: {
      happened: 'Ein Feld dieser Aktion hat einen unzulässigen Wert.',
      advice: 'Öffnen Sie diese Aktion im Workflow und wählen Sie den Wert neu aus.',
    },
    RECORD_MISSING: {
      happened: 'Dieser Workflow hat keinen Datensatz, dessen zuständiger Mitarbeiter festgelegt werden könnte.',
      advice: 'Verwenden Sie diese Aktion in einem Workflow, der Datensätze aufnimmt.',
    },
    RECORD_NOT_FOUND: {
      happened: 'Der Datensatz existiert nicht mehr. Er wurde gelöscht oder mit einem anderen zusammengeführt.',
      advice: 'Wurde er zusammengeführt, nehmen Sie den verbliebenen Datensatz in den Workflow auf.',
    },
    RECORD_TYPE_UNSUPPORTED: {
      happened: 'Für diese Art von Datensatz kann kein zuständiger Mitarbeiter festgelegt werden.',
      advice: 'Verwenden Sie diese Aktion in einem Workflow für eine andere Art von Datensatz.',
    },
    PROPERTY_NOT_FOUND: {
      happened:
        'Die gewählte Eigenschaft gibt es bei dieser Art von Datensatz nicht, oder sie ist keine Eigenschaft für zuständige Mitarbeiter, die sich setzen lässt.',
      advice: 'Wählen Sie die Eigenschaft in dieser Aktion erneut aus.',
    },
    PROPERTY_HOLDS_SEVERAL: {
      happened: 'Die gewählte Eigenschaft enthält mehrere Personen und wurde deshalb nicht geändert.',
      advice: 'Wählen Sie eine Eigenschaft, die eine einzelne Person enthält.',
    },
    RECORD_VALIDATION_FAILED: {
      happened:
        'Eine Validierungsregel dieses HubSpot-Accounts hat die Änderung abgelehnt. Der Datensatz wurde nicht geändert.',
      advice: 'Korrigieren Sie den Datensatz oder ändern Sie die Regel und nehmen Sie den Datensatz erneut auf.',
    },
    INVALID_OWNER_ID: {
      happened:
        'HubSpot hat diesen Mitarbeiter abgelehnt, obwohl er gerade noch gefunden wurde. Der Datensatz wurde nicht geändert.',
      advice:
        'Prüfen Sie, ob der Benutzer noch aktiv ist und Zugriff auf diese Art von Datensatz hat, und nehmen Sie den Datensatz erneut auf.',
    },
    MISSING_SCOPES: {
      happened: 'Der App fehlen Berechtigungen in diesem HubSpot-Account.',
      advice: 'Bitten Sie einen Super-Admin, die App erneut zu installieren und die Berechtigungen zu genehmigen.',
    },
    PORTAL_NOT_CONNECTED: {
      happened: 'Die App ist nicht mit diesem HubSpot-Account verbunden.',
      advice: 'Bitten Sie einen Super-Admin, sie zu installieren. Eine Sandbox braucht eine eigene Installation.',
    },
    EXPIRED_IN_QUEUE: {
      happened: 'Diese Aktion hat zu lange in der Warteschlange gewartet. Der Datensatz wurde nicht geändert.',
      advice: 'Nehmen Sie den Datensatz erneut in den Workflow auf.',
    },
  },
  details: 'Details: {{ errorDetails }}',
  cause: 'Ursache (auf Englisch): {{ errorMessage }}',
};
