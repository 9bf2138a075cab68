export * from './chaos';
export * from './chaos-world';
export * from './documents';
export * from './draw';
export * from './kill-handler';
export * from './kill-texts';
export * from './schedule-handler';
export * from './switch-handler';
