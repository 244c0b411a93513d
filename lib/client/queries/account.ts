import type { z } from "zod";
import type { ChangePassword, CompleteSetup, SetupResult } from "#lib/contract/index.ts";
import { api } from "../api.ts";

/** Makes the first organization and its owner; works once. */
export const completeSetup = (input: z.input<typeof CompleteSetup>) => api.post<SetupResult>("/setup", input);
/** Every session ends, this one too. */
export const changePassword = (input: z.input<typeof ChangePassword>) =>
  api.post<void>("/me/password", input);
export const signOutEverywhere = () => api.post<void>("/me/sign-out-everywhere");
