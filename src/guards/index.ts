export * from './job-turns';
export * from './reservations';
export * from './traffic-guard';
