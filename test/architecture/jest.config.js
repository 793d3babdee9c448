import suite from '../../jest.config.js';

/** For `npm run check`: the tests that read sources and texts, without the engines that the whole suite starts. */
export default {
  rootDir: '../..',
  testMatch: ['<rootDir>/test/{architecture,docs}/*.test.ts'],
  transform: suite.transform,
};
