/** One organization of the running product and its owner, who belongs to no other. */
export interface Tenant {
  organization: string;
  email: string;
  password: string;
  /** A file with the cookies of a signed-in browser. */
  sessionFile: string;
  /** An API token of the organization, made for this run. */
  token: string;
}

/** The running product as the tests of this run see it. */
export interface Instance {
  url: string;
  dataDir: string;
  /** The port of this machine at which `UPSTREAM_URL` of `upstream.ts` is found. */
  upstreamPort: number;
  /** The same for `SINK_HOST`. */
  sinkPort: number;
  /** The sample organization. */
  acme: Tenant;
  globex: Tenant;
}

const VARIABLE = "E2E_INSTANCE";

/** Hands the instance to the workers, which inherit the environment. */
export function shareInstance(shared: Instance): void {
  process.env[VARIABLE] = JSON.stringify(shared);
}

/** The instance of this run. */
export function instance(): Instance {
  const shared = process.env[VARIABLE];
  if (!shared) throw new Error(`${VARIABLE} is not set: the global setup did not run.`);
  return JSON.parse(shared) as Instance;
}
