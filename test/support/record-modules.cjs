// Preloaded into a process by a test: writes the path of each module that any of its threads loads, one a line, to the
// file that RECORD_MODULES names. Worker threads preload it too.
const { appendFileSync } = require('node:fs');
const { Module } = require('node:module');

const { load } = Module.prototype;
Module.prototype.load = function (path) {
  appendFileSync(process.env.RECORD_MODULES, `${path}\n`);
  return load.call(this, path);
};
