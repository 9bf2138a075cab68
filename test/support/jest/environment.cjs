const { types } = require('node:util');
const { TestEnvironment } = require('jest-environment-node');

/** Lets `instanceof Error` know errors of the other world too, as it does where there is one world only. */
function recogniseAllErrors(AnyError) {
  const ordinary = Function.prototype[Symbol.hasInstance];
  Object.defineProperty(AnyError, Symbol.hasInstance, {
    configurable: true,
    value(candidate) {
      if (ordinary.call(this, candidate)) return true;
      return this === AnyError && (types.isNativeError(candidate) || ordinary.call(Error, candidate));
    },
  });
}

recogniseAllErrors(Error);

/**
 * Libraries are loaded once for each worker, not anew for each file of tests, which took a third of the whole run. Our own
 * code is fresh in each file, as ever.
 */
module.exports = class extends TestEnvironment {
  async setup() {
    await super.setup();
    recogniseAllErrors(this.global.Error);
    this.global.requireOnce = require;
  }
};
