import type { Context } from './context';
import { createMarathonService } from './marathon-service';
import { createAdminService } from './admin-service';
import { type Controls, createControlService } from './control-service';
import type { Service } from './service';

/** Everything behind Admin Router; a new service is one more line here. */
export function createServices(context: Context, controls: Controls): readonly Service[] {
  return [createAdminService(), createControlService(context, controls), createMarathonService(context)];
}
