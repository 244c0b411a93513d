import type { Route } from "../define-route.ts";
import { agentRoutes } from "./agents.ts";
import { alertRoutes } from "./alerts.ts";
import { apiTokenRoutes } from "./api-tokens.ts";
import { auditLogRoutes } from "./audit-log.ts";
import { billingRoutes } from "./billing.ts";
import { budgetRoutes } from "./budgets.ts";
import { checkRoutes } from "./checks.ts";
import { deploymentRoutes } from "./deployments.ts";
import { diagnosisRoutes } from "./diagnosis.ts";
import { accessRoutes } from "./gateway-access.ts";
import { gatewayRoutes } from "./gateways.ts";
import { incidentRoutes } from "./incidents.ts";
import { logDrainRoutes } from "./log-drains.ts";
import { logStreamRoutes } from "./log-stream.ts";
import { logRoutes } from "./logs.ts";
import { meRoutes } from "./me.ts";
import { memberRoutes } from "./members.ts";
import { openApiRoute } from "./openapi-document.ts";
import { organizationRoutes } from "./organizations.ts";
import { overviewRoutes } from "./overview.ts";
import { paymentRoutes } from "./payments.ts";
import { planRoutes } from "./plan.ts";
import { requestRoutes } from "./requests.ts";
import { serverRoutes } from "./servers.ts";
import { setupRoutes } from "./setup.ts";
import { usageRoutes } from "./usage.ts";

const described: readonly Route[] = [
  ...setupRoutes,
  ...meRoutes,
  ...organizationRoutes,
  ...memberRoutes,
  ...apiTokenRoutes,
  ...auditLogRoutes,
  ...overviewRoutes,
  ...serverRoutes,
  ...deploymentRoutes,
  ...checkRoutes,
  ...gatewayRoutes,
  ...accessRoutes,
  ...agentRoutes,
  ...budgetRoutes,
  ...requestRoutes,
  ...logRoutes,
  ...logStreamRoutes,
  ...logDrainRoutes,
  ...planRoutes,
  ...usageRoutes,
  ...billingRoutes,
  ...paymentRoutes,
  ...alertRoutes,
  ...incidentRoutes,
  ...diagnosisRoutes,
];

/** Every REST route below `/api/v1`. Dispatcher, OpenAPI document and authorization matrix all read this one list. */
export const routes: readonly Route[] = [...described, openApiRoute(described)];
