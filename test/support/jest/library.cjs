/** Turns each file of a library into one line that takes the library from outside: see environment.cjs. */
module.exports = {
  process: (_source, path) => ({ code: `module.exports = requireOnce(${JSON.stringify(path)});` }),
  getCacheKey: (_source, path) => `once ${path}`,
};
