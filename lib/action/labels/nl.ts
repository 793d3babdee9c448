import type { LanguageTexts } from './labels.ts';

export const nl: LanguageTexts = {
  setOwner: {
    actionName: 'Eigenaar instellen op basis van e-mail',
    actionDescription:
      'Zoekt de eigenaar met dit e-mailadres en stelt deze in als eigenaar van het ingeschreven record.',
    actionCardContent: '{{ownerEmail}} instellen als eigenaar',
  },
  findOwner: {
    actionName: 'Eigenaar zoeken op basis van e-mail',
    actionDescription:
      "Zoekt de eigenaar met dit e-mailadres en geeft de ID's, de naam en het team door aan latere acties. Het record wordt niet gewijzigd.",
    actionCardContent: 'Eigenaar {{ownerEmail}} zoeken',
  },
  inputFieldLabels: {
    ownerEmail: 'E-mailadres van de eigenaar',
    ownerProperty: 'Eigenschap voor eigenaar',
    overwrite: 'Als het record al een eigenaar heeft',
    ifNotAssignable: 'Als het e-mailadres geen toewijsbare eigenaar oplevert',
    fallbackOwner: 'Vervangende eigenaar',
  },
  inputFieldDescriptions: {
    ownerEmail:
      "Een vast adres, een eigenschap van het record of een uitvoer van een eerdere actie. Precies één e-mailadres: ID's van eigenaren of gebruikers worden niet geaccepteerd.",
    ownerProperty:
      'De eigenschap die wordt ingesteld. Als dit veld leeg is, wordt de standaardeigenschap hubspot_owner_id ingesteld.',
    overwrite: 'Of een bestaande eigenaar wordt vervangen. Als dit veld leeg is, wordt de eigenaar altijd vervangen.',
    ifNotAssignable:
      'Wat er gebeurt als het e-mailadres ontbreekt, ongeldig is of bij niemand hoort die kan worden toegewezen. Als dit veld leeg is, mislukt de actie en wordt het record niet gewijzigd.',
    fallbackOwner:
      'Wie de eigenaar wordt als het e-mailadres geen toewijsbare eigenaar oplevert. Kies een actieve gebruiker.',
  },
  inputFieldOptionLabels: {
    overwrite: {
      ALWAYS: 'De eigenaar altijd vervangen',
      IF_UNASSIGNED: 'De eigenaar behouden',
      IF_OWNER_INACTIVE: 'De eigenaar alleen vervangen als deze gedeactiveerd is',
    },
    ifNotAssignable: {
      FAIL: 'De actie als mislukt markeren',
      FALLBACK: 'De vervangende eigenaar toewijzen',
      CLEAR: 'De eigenaar verwijderen',
      LEAVE: 'De eigenaar laten zoals die is, zonder fout',
    },
  },
  outputFieldLabels: {
    outcome: 'Resultaat',
    reason: 'Reden',
    ownerId: 'ID van de eigenaar',
    ownerEmail: 'E-mailadres van de eigenaar',
    ownerName: 'Naam van de eigenaar',
    userId: 'Gebruikers-ID',
    primaryTeamId: 'ID van het hoofdteam',
    primaryTeamName: 'Naam van het hoofdteam',
    previousOwnerId: 'ID van de vorige eigenaar',
    previousOwnerName: 'Naam van de vorige eigenaar',
    substitutedFor: 'Vervangt',
    substitutedForName: 'Vervangt (naam)',
    matchedBy: 'E-mailadres gevonden via',
    matchedEmail: 'Gevonden e-mailadres',
    resolvedFrom: 'Bron van de eigenaargegevens',
    ownerDataAgeSeconds: 'Ouderdom van de eigenaargegevens in seconden',
    errorCode: 'Foutcode',
    errorMessage: 'Foutmelding',
    errorDetails: 'Details van de fout',
  },
  outcomes: {
    FALLBACK_ASSIGNED:
      'De vervangende eigenaar {{ ownerEmail }} is toegewezen omdat er geen actieve eigenaar bij het e-mailadres hoort.',
    CLEARED: 'De eigenaar is verwijderd omdat er geen actieve eigenaar bij het e-mailadres hoort.',
    LEFT_UNCHANGED: 'De eigenaar is niet gewijzigd omdat er geen actieve eigenaar bij het e-mailadres hoort.',
    ASSIGNED: '{{ ownerEmail }} is ingesteld als eigenaar.',
    ALREADY_ASSIGNED: '{{ ownerEmail }} was al de eigenaar. Er hoefde niets te worden gewijzigd.',
    KEPT_EXISTING:
      '{{ ownerEmail }} blijft de eigenaar. Deze actie is ingesteld om een bestaande eigenaar te behouden.',
    FOUND: 'De eigenaar {{ ownerEmail }} is gevonden (ID {{ ownerId }}).',
    KEPT_CHANGED_SINCE: 'De eigenaar is gewijzigd nadat dit record is ingeschreven. De nieuwere eigenaar is behouden.',
  },
  additions: {
    replaced: 'Vorige eigenaar: {{ previousOwnerName }}.',
    successor: 'Vervangt {{ substitutedForName }}; deze gebruiker is gedeactiveerd.',
    formerEmail: 'Gevonden via het vroegere adres {{ matchedEmail }}.',
  },
  errors: {
    EMAIL_MISSING: {
      happened: 'Er is geen e-mailadres opgegeven.',
      advice: 'Vul de eigenschap in die deze actie leest, of kies een andere.',
    },
    EMAIL_INVALID: {
      happened: '‘{{ ownerEmail }}’ is geen geldig e-mailadres.',
      advice: 'Corrigeer de waarde.',
    },
    OWNER_NOT_FOUND: {
      happened: 'Niemand in dit HubSpot-account, actief of gedeactiveerd, heeft het e-mailadres {{ ownerEmail }}.',
      advice: 'Controleer de spelling of voeg deze persoon toe als gebruiker.',
    },
    OWNER_DEACTIVATED: {
      happened: '{{ ownerEmail }} hoort bij een gedeactiveerde gebruiker, die geen records meer moet krijgen.',
      advice: 'Gebruik het e-mailadres van een actieve gebruiker of activeer deze gebruiker opnieuw.',
    },
    OWNER_AMBIGUOUS: {
      happened: 'Meerdere actieve eigenaren delen het e-mailadres {{ ownerEmail }}; daarom is er geen gekozen.',
      advice: 'Zorg ervoor dat slechts één actieve gebruiker dit e-mailadres heeft.',
    },
    OWNER_IS_QUEUE: {
      happened: '{{ ownerEmail }} hoort bij een wachtrij, niet bij een persoon.',
      advice: 'Gebruik het e-mailadres van een persoon.',
    },
    VALUE_IS_OWNER_ID: {
      happened: '{{ ownerEmail }} is een ID van een eigenaar, geen e-mailadres.',
      advice: 'Kies de eigenschap die het e-mailadres van de persoon bevat.',
    },
    VALUE_IS_USER_ID: {
      happened: '{{ ownerEmail }} is een gebruikers-ID, geen e-mailadres.',
      advice: 'Kies de eigenschap die het e-mailadres van de persoon bevat.',
    },
    FALLBACK_OWNER_INVALID: {
      happened: 'De vervangende eigenaar ontbreekt, is gedeactiveerd of is geen gebruiker van dit HubSpot-account.',
      advice: 'Open deze actie in de workflow en kies een actieve gebruiker als vervangende eigenaar.',
    },
    INPUT_INVALID: {
      happened: 'Een veld van deze actie heeft een waarde die niet is toegestaan.',
      advice: 'Open deze actie in de workflow en kies de waarde opnieuw.',
    },
    RECORD_MISSING: {
      happened: 'Deze workflow schrijft geen record in waarvan de eigenaar kan worden ingesteld.',
      advice: 'Gebruik deze actie in een workflow die records inschrijft.',
    },
    RECORD_NOT_FOUND: {
      happened: 'Het record bestaat niet meer. Het is verwijderd of samengevoegd met een ander record.',
      advice: 'Als het is samengevoegd, schrijf dan het overgebleven record in.',
    },
    RECORD_TYPE_UNSUPPORTED: {
      happened: 'De eigenaar van dit type record kan niet worden ingesteld.',
      advice: 'Gebruik deze actie in een workflow voor een ander type record.',
    },
    PROPERTY_NOT_FOUND: {
      happened:
        'De gekozen eigenschap bestaat niet voor dit type record, of is geen eigenaarseigenschap die kan worden ingesteld.',
      advice: 'Kies de eigenschap opnieuw in deze actie.',
    },
    PROPERTY_HOLDS_SEVERAL: {
      happened: 'De gekozen eigenschap bevat meerdere personen en is daarom niet gewijzigd.',
      advice: 'Kies een eigenschap die één persoon bevat.',
    },
    RECORD_VALIDATION_FAILED: {
      happened:
        'Een validatieregel van dit HubSpot-account heeft de wijziging geweigerd. Het record is niet gewijzigd.',
      advice: 'Corrigeer het record of pas de regel aan en schrijf het record opnieuw in.',
    },
    INVALID_OWNER_ID: {
      happened: 'HubSpot heeft deze eigenaar geweigerd, hoewel die net was gevonden. Het record is niet gewijzigd.',
      advice:
        'Controleer of de gebruiker nog actief is en toegang heeft tot dit type record, en schrijf het record opnieuw in.',
    },
    MISSING_SCOPES: {
      happened: 'De app heeft niet de benodigde machtigingen in dit HubSpot-account.',
      advice: 'Vraag een superadmin om de app opnieuw te installeren en de machtigingen goed te keuren.',
    },
    PORTAL_NOT_CONNECTED: {
      happened: 'De app is niet verbonden met dit HubSpot-account.',
      advice: 'Vraag een superadmin om de app te installeren. Een sandbox heeft een eigen installatie nodig.',
    },
    EXPIRED_IN_QUEUE: {
      happened: 'Deze actie heeft te lang in de wachtrij gestaan. Het record is niet gewijzigd.',
      advice: 'Schrijf het record opnieuw in voor de workflow.',
    },
  },
  details: 'Details: {{ errorDetails }}',
  cause: 'Oorzaak (in het Engels): {{ errorMessage }}',
};
