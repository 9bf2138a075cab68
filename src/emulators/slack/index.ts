export { systemClock, type Clock } from './clock';
export { SlackCore, type SlackCoreOptions } from './slack-core';
export { startSlackEmulator, type SlackEmulator, type SlackEmulatorOptions } from './start-slack-emulator';
export { validateBlocks, type Surface } from './blocks/validate-blocks';
export { validateView } from './blocks/validate-view';
export { methods } from './web-api/index';
