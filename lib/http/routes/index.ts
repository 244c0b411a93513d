import type { Route } from "../define-route.ts";
import { apiTokenRoutes } from "./api-tokens.ts";
import { auditLogRoutes } from "./audit-log.ts";
import { meRoutes } from "./me.ts";
import { memberRoutes } from "./members.ts";
import { organizationRoutes } from "./organizations.ts";
import { setupRoutes } from "./setup.ts";

/** Every REST route below `/api/v1`. Dispatcher, OpenAPI document and authorization matrix all read this one list. */
export const routes: readonly Route[] = [
  ...setupRoutes,
  ...meRoutes,
  ...organizationRoutes,
  ...memberRoutes,
  ...apiTokenRoutes,
  ...auditLogRoutes,
];
