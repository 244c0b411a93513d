/** The running product as the tests of this run see it. */
export interface Instance {
  url: string;
  dataDir: string;
  owner: { email: string; password: string };
}

const NAMES = {
  url: "E2E_BASE_URL",
  dataDir: "E2E_DATA_DIR",
  email: "E2E_OWNER_EMAIL",
  password: "E2E_OWNER_PASSWORD",
} as const;

/** Hands the instance to the workers, which inherit the environment. */
export function shareInstance({ url, dataDir, owner }: Instance): void {
  process.env[NAMES.url] = url;
  process.env[NAMES.dataDir] = dataDir;
  process.env[NAMES.email] = owner.email;
  process.env[NAMES.password] = owner.password;
}

/** The instance of this run, with the sample organization's owner. */
export function instance(): Instance {
  const read = (name: string): string => {
    const value = process.env[name];
    if (!value) throw new Error(`${name} is not set: the global setup did not run.`);
    return value;
  };
  return {
    url: read(NAMES.url),
    dataDir: read(NAMES.dataDir),
    owner: { email: read(NAMES.email), password: read(NAMES.password) },
  };
}
