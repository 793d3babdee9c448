import { chooseLanguage } from '../../../lib/http/install/language.ts';

it.each([
  ['de-CH,de;q=0.9,en;q=0.8', 'de', 'the first, whatever the country'],
  ['en;q=0.4, ja;q=0.9', 'ja', 'the one with the highest quality'],
  ['fr;q=0.8,nl;q=0.8', 'fr', 'the first of two that are wanted as much'],
  ['sv,da;q=0.9,es;q=0.1', 'es', 'the first that there is'],
  ['pt', 'pt-br', 'Portuguese as HubSpot has it'],
  ['pt-PT', 'pt-br', 'Portuguese as HubSpot has it'],
  ['PT-br', 'pt-br', 'in any case'],
  ['zh-Hant-TW,nl', 'nl', 'after a language of three parts'],
  ['de;q=0,fr;q=0.1', 'fr', 'not one that is refused'],
  ['de ; q=0.5 , en ; q=0.6', 'en', 'with spaces'],
  ['de;q=1.000,en;q=1', 'de', 'with all the decimals there can be'],
  ['*', 'en', 'English for any'],
  ['sv', 'en', 'English for a language that we do not have'],
  ['', 'en', 'English for nothing'],
  ['__proto__,constructor,toString', 'en', 'English for what is no language'],
  ['de;q=abc', 'en', 'English for what cannot be read'],
  [`${'x,'.repeat(600)}de`, 'en', 'English for more than a browser sends'],
])('The header %j selects the language %s: %s', (header, language, _why) => {
  expect(chooseLanguage({ headers: { 'Accept-Language': header } })).toBe(language);
});

it('The language is English when the browser sends no languages', () => {
  expect(chooseLanguage({})).toBe('en');
});

it('The language is read from either payload of API Gateway', () => {
  expect(chooseLanguage({ multiValueHeaders: { 'accept-language': ['sv', 'fr'] } })).toBe('fr');
});
