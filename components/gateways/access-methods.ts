import { Globe, KeyRound, type LucideIcon, ShieldCheck } from "lucide-react";
import type { AccessMethod } from "#lib/contract/index.ts";

interface AccessMethodLook {
  readonly label: string;
  readonly icon: LucideIcon;
  /** Who gets in this way. */
  readonly meaning: string;
}

/** The ways into a gateway, in words; in the order in which they are offered. */
export const ACCESS_METHOD_LOOK: Readonly<Record<AccessMethod, AccessMethodLook>> = {
  public: {
    label: "Public",
    icon: Globe,
    meaning: "Everybody who knows the URL. Grants still decide what they may call.",
  },
  key: {
    label: "Key",
    icon: KeyRound,
    meaning: "Holders of a key that is made here: scripts, agents, back ends.",
  },
  oauth: {
    label: "OAuth",
    icon: ShieldCheck,
    meaning: "People and programs with a token of your authorization server.",
  },
};

const isAccessMethod = (text: string): text is AccessMethod => Object.hasOwn(ACCESS_METHOD_LOOK, text);
export const ACCESS_METHODS: readonly AccessMethod[] = Object.keys(ACCESS_METHOD_LOOK).filter(isAccessMethod);
