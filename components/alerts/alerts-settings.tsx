"use client";

// What crossed a line, who is told, and did it arrive?

import { AlertChannels } from "./alert-channels.tsx";
import { AlertDeliveries } from "./alert-deliveries.tsx";
import { AlertHistory } from "./alert-history.tsx";
import { AlertRules } from "./alert-rules.tsx";

export function AlertsSettings() {
  return (
    <>
      <AlertChannels />
      <AlertRules />
      <AlertHistory />
      <AlertDeliveries />
    </>
  );
}
