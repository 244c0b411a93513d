/** Why the server closed the socket; browsers see only this code, never the HTTP status of a refused upgrade. */
export const LOG_STREAM_CLOSE = {
  unauthenticated: 4401,
  forbidden: 4403,
  idle: 4408,
  serverInactive: 4409,
  tooSlow: 4413,
  tooManyMessages: 4428,
  tooManyViewers: 4429,
  restart: 1012,
} as const;
