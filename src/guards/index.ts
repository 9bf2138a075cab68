export * from './reservations';
export * from './traffic-guard';
