import type { Metadata } from "next";
import { GatewayDoctor } from "#components/gateways/gateway-doctor.tsx";

export const metadata: Metadata = { title: "Doctor" };

export default function GatewayDoctorPage() {
  return <GatewayDoctor />;
}
