import type { z } from "zod";
import type { AccessMethod, Gateway, UpdateGateway } from "#lib/contract/index.ts";
import { ACCESS_METHODS } from "./access-methods.ts";

/** A gateway as its form holds it: texts as typed. */
export interface GatewayFormValues {
  readonly name: string;
  readonly access: readonly AccessMethod[];
  readonly authorizationServerUrl: string;
  readonly jwksUrl: string;
  readonly clientId: string;
  readonly resource: string;
  /** Separated by spaces. */
  readonly scopes: string;
  readonly callsPerMinuteMax: string;
  readonly concurrentMax: string;
}

export const NEW_GATEWAY: GatewayFormValues = {
  name: "",
  access: ["key"],
  authorizationServerUrl: "",
  jwksUrl: "",
  clientId: "",
  resource: "",
  scopes: "",
  callsPerMinuteMax: "",
  concurrentMax: "",
};

export const formValuesOf = (gateway: Gateway): GatewayFormValues => ({
  name: gateway.name,
  access: gateway.access,
  authorizationServerUrl: gateway.authorizationServerUrl ?? "",
  jwksUrl: gateway.jwksUrl ?? "",
  clientId: gateway.clientId ?? "",
  resource: gateway.resource ?? "",
  scopes: gateway.scopes.join(" "),
  callsPerMinuteMax: numberText(gateway.callsPerMinuteMax),
  concurrentMax: numberText(gateway.concurrentMax),
});

/** A limit as its field holds it; empty means none. */
export const numberText = (value: number | null): string => (value === null ? "" : String(value));
export const numberOrNull = (text: string): number | null => (text.trim() === "" ? null : Number(text));
const textOrNull = (text: string): string | null => (text.trim() === "" ? null : text.trim());

/** What the API is told; it decides whether it is valid. */
export const inputOf = (values: GatewayFormValues) =>
  ({
    name: values.name,
    access: ACCESS_METHODS.filter((method) => values.access.includes(method)),
    providerType: values.access.includes("oauth") ? "manual" : "none",
    authorizationServerUrl: textOrNull(values.authorizationServerUrl),
    jwksUrl: textOrNull(values.jwksUrl),
    clientId: textOrNull(values.clientId),
    resource: textOrNull(values.resource),
    scopes: values.scopes.split(/\s+/).filter(Boolean),
    callsPerMinuteMax: numberOrNull(values.callsPerMinuteMax),
    concurrentMax: numberOrNull(values.concurrentMax),
  }) satisfies Required<z.input<typeof UpdateGateway>>;

export const sameValues = (left: GatewayFormValues, right: GatewayFormValues): boolean =>
  JSON.stringify(inputOf(left)) === JSON.stringify(inputOf(right));
