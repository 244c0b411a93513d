import {
  Bell,
  CircleCheck,
  CircleDot,
  FlaskConical,
  Gauge,
  GitMerge,
  type LucideIcon,
  MessageSquare,
  MousePointerClick,
  PencilLine,
  RefreshCw,
  Share2,
  Stethoscope,
  User,
  Wrench,
} from "lucide-react";

const ICONS: Readonly<Record<string, LucideIcon>> = {
  opened: CircleDot,
  diagnosed: Stethoscope,
  alert: Bell,
  operation: Wrench,
  action: MousePointerClick,
  note: MessageSquare,
  status: RefreshCw,
  owner: User,
  severity: Gauge,
  override: PencilLine,
  recheck: FlaskConical,
  merged: GitMerge,
  shared: Share2,
  resolved: CircleCheck,
};

/** The sign of a kind of event; kinds that are not known yet have a plain one. */
export const iconOfEvent = (kind: string): LucideIcon => ICONS[kind] ?? CircleDot;
