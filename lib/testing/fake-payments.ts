import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import Stripe from "stripe";
import type { FakeClock } from "./fake-clock.ts";

type Json = Record<string, unknown>;

/** An event as it is sent: the bytes and their signature. */
export interface FakeEvent {
  readonly id: string;
  readonly type: string;
  readonly body: string;
}

interface Payment {
  readonly id: string;
  readonly cents: number;
  readonly currency: string;
  readonly customer: string | null;
  readonly metadata: Json;
  readonly methodId: string | null;
  status: string;
  refundedCents: number;
  readonly refunds: Json[];
  readonly disputes: Json[];
}

export interface FakePaymentsOptions {
  readonly clock: FakeClock;
  readonly webhookSecret: string;
  readonly isLive?: boolean;
  /** `old`: refunds are told as `charge.refund.updated` only. `new`: as `refund.*` of their own. */
  readonly apiVersion?: "old" | "new";
}

/** What the next request is answered instead: a status, or no answer at all, with or without its effect. */
export type Trouble = { status: number } | "lost_request" | "lost_answer";

/**
 * A payment provider that speaks the part of Stripe's API that we use, on loopback: with state, an event log and people
 * who pay, refund and dispute. Events carry real signatures. What becomes of their delivery is up to the test.
 */
export async function startFakePayments(options: FakePaymentsOptions) {
  const { clock, webhookSecret, isLive = false, apiVersion = "new" } = options;
  const run = crypto.randomUUID().slice(0, 8);
  let serial = 0;
  const newId = (prefix: string) => `${prefix}_${run}${++serial}`;
  const sessions = new Map<string, Json>();
  const payments = new Map<string, Payment>();
  const methods = new Map<string, Json>();
  const answers = new Map<string, { status: number; body: Json }>();
  const events: FakeEvent[] = [];
  const requests: { method: string; path: string; key: string | null }[] = [];
  const troubles: Trouble[] = [];
  /** Declines of the next charges of saved cards, by code. */
  const declines: string[] = [];

  const seconds = () => Math.floor(clock.nowMs() / 1000);
  const emit = (type: string, object: Json, more: Json = {}): FakeEvent => {
    clock.advance(1_000);
    const id = newId("evt");
    const body = JSON.stringify({
      id,
      object: "event",
      api_version: apiVersion === "old" ? "2022-08-01" : Stripe.API_VERSION,
      created: seconds(),
      livemode: isLive,
      type,
      data: { object: structuredClone(object), ...more },
    });
    const event = { id, type, body };
    events.push(event);
    return event;
  };

  const intentOf = (payment: Payment): Json => ({
    id: payment.id,
    object: "payment_intent",
    status: payment.status,
    amount: payment.cents,
    amount_received: payment.status === "succeeded" ? payment.cents : 0,
    currency: payment.currency,
    customer: payment.customer,
    metadata: payment.metadata,
    payment_method: payment.methodId,
    latest_charge: `ch_${payment.id}`,
    last_payment_error: null,
  });
  const chargeOf = (payment: Payment): Json => ({
    id: `ch_${payment.id}`,
    object: "charge",
    payment_intent: payment.id,
    amount: payment.cents,
    amount_refunded: payment.refundedCents,
    currency: payment.currency,
    customer: payment.customer,
    payment_method_details: { card: { brand: "visa", last4: "4242", number: "4242424242424242" } },
  });
  const saveMethod = (customer: string, fingerprint: string): Json => {
    const method = {
      id: newId("pm"),
      object: "payment_method",
      created: seconds(),
      customer,
      card: { brand: "visa", last4: "4242", fingerprint },
    };
    methods.set(method.id, method);
    emit("payment_method.attached", method);
    return method;
  };
  const get = <Value>(map: Map<string, Value>, id: string): Value => {
    const value = map.get(id);
    if (value === undefined) throw new Error(`the fake provider has no ${id}`);
    return value;
  };
  const find = (objects: Json[], id: string): Json => {
    const object = objects.find((candidate) => candidate.id === id);
    if (object === undefined) throw new Error(`the fake provider has no ${id}`);
    return object;
  };
  const makePayment = (
    given: Partial<Payment> & Pick<Payment, "cents" | "customer" | "metadata">,
  ): Payment => {
    const payment: Payment = {
      id: newId("pi"),
      currency: "usd",
      methodId: null,
      status: "succeeded",
      refundedCents: 0,
      refunds: [],
      disputes: [],
      ...given,
    };
    payments.set(payment.id, payment);
    return payment;
  };
  const tellRefund = (type: "created" | "updated" | "failed", refund: Json): void => {
    if (apiVersion === "new") emit(`refund.${type}`, refund);
    else if (type !== "created") emit("charge.refund.updated", refund);
  };

  /** What people, banks and the provider do. */
  const world = {
    /** Pays on the checkout's page; `later`: the money is still on its way. Answers the payment. */
    pay(sessionId: string, how: { later?: boolean; currency?: string; fingerprint?: string } = {}): string {
      const session = get(sessions, sessionId);
      const currency = how.currency ?? "usd";
      const customer = session.customer as string;
      const method = how.later ? null : saveMethod(customer, how.fingerprint ?? "card-1");
      const payment = makePayment({
        cents: session.amount_total as number,
        currency,
        customer,
        metadata: (session.payment_metadata as Json) ?? {},
        methodId: (method?.id as string) ?? null,
        status: how.later ? "processing" : "succeeded",
      });
      Object.assign(session, {
        status: "complete",
        payment_status: how.later ? "unpaid" : "paid",
        payment_intent: payment.id,
        currency,
      });
      if (!how.later) emit("payment_intent.succeeded", intentOf(payment));
      emit("checkout.session.completed", session);
      return payment.id;
    },
    /** The money that was on its way came, or did not. */
    settle(sessionId: string, isPaid: boolean): void {
      const session = get(sessions, sessionId);
      const payment = get(payments, session.payment_intent as string);
      payment.status = isPaid ? "succeeded" : "requires_payment_method";
      if (isPaid) session.payment_status = "paid";
      emit(isPaid ? "payment_intent.succeeded" : "payment_intent.payment_failed", intentOf(payment));
      emit(`checkout.session.async_payment_${isPaid ? "succeeded" : "failed"}`, session);
    },
    expire(sessionId: string): void {
      const session = get(sessions, sessionId);
      session.status = "expired";
      emit("checkout.session.expired", session);
    },
    /** Answers the refund. */
    refund(paymentId: string, cents: number, status = "succeeded"): string {
      const payment = get(payments, paymentId);
      const refund = {
        id: newId("re"),
        object: "refund",
        payment_intent: payment.id,
        amount: cents,
        currency: payment.currency,
        status,
      };
      payment.refunds.push(refund);
      payment.refundedCents += cents;
      tellRefund("created", refund);
      emit("charge.refunded", chargeOf(payment));
      tellRefund("updated", refund);
      return refund.id;
    },
    /** The refund did not reach the payer: the money is ours again. */
    failRefund(paymentId: string, refundId: string): void {
      const payment = get(payments, paymentId);
      const refund = find(payment.refunds, refundId);
      refund.status = "failed";
      payment.refundedCents -= refund.amount as number;
      tellRefund("failed", refund);
    },
    /** Opens a dispute, which takes the money at once. Answers it. */
    dispute(paymentId: string, cents?: number): string {
      const payment = get(payments, paymentId);
      const dispute = {
        id: newId("dp"),
        object: "dispute",
        payment_intent: payment.id,
        amount: cents ?? payment.cents,
        currency: payment.currency,
        status: "needs_response",
        balance_transactions: [],
      };
      payment.disputes.push(dispute);
      emit("charge.dispute.created", dispute);
      emit("charge.dispute.funds_withdrawn", dispute);
      return dispute.id;
    },
    decide(paymentId: string, disputeId: string, verdict: "won" | "lost"): void {
      const dispute = find(get(payments, paymentId).disputes, disputeId);
      dispute.status = verdict;
      emit("charge.dispute.closed", dispute);
      if (verdict === "won") emit("charge.dispute.funds_reinstated", dispute);
    },
    saveCard: (customer: string, fingerprint: string): string =>
      saveMethod(customer, fingerprint).id as string,
    detach(methodId: string): void {
      const method = get(methods, methodId);
      const { customer } = method;
      method.customer = null;
      emit("payment_method.detached", method, { previous_attributes: { customer } });
    },
    deleteCustomer: (customer: string): FakeEvent =>
      emit("customer.deleted", { id: customer, object: "customer", deleted: true }),
    /** A payment that no checkout of ours began, or anything else that happens in the account. */
    foreignPayment: (): string => makePayment({ cents: 500, customer: null, metadata: {} }).id,
    emit,
  };

  const create: Readonly<Record<string, (form: URLSearchParams) => { status: number; body: Json }>> = {
    "/v1/customers": (form) => ok({ id: newId("cus"), object: "customer", name: form.get("name") }),
    "/v1/checkout/sessions": (form) => {
      const id = newId("cs");
      const session: Json = {
        id,
        object: "checkout.session",
        status: "open",
        payment_status: "unpaid",
        payment_intent: null,
        client_reference_id: form.get("client_reference_id"),
        customer: form.get("customer"),
        amount_total: Number(form.get("line_items[0][price_data][unit_amount]")),
        currency: form.get("line_items[0][price_data][currency]"),
        livemode: isLive,
        url: `https://checkout.stripe.test/${id}`,
        success_url: form.get("success_url"),
        payment_metadata: metadataOf(form, "payment_intent_data[metadata]"),
      };
      sessions.set(id, session);
      return ok(session);
    },
    "/v1/payment_intents": (form) => {
      const decline = declines.shift();
      const payment = makePayment({
        cents: Number(form.get("amount")),
        customer: form.get("customer"),
        metadata: metadataOf(form, "metadata"),
        methodId: form.get("payment_method"),
        status: decline === undefined ? "succeeded" : "requires_payment_method",
      });
      if (decline === undefined) {
        emit("payment_intent.succeeded", intentOf(payment));
        return ok(intentOf(payment));
      }
      const message = `Your card was declined (${decline}).`;
      const intent = { ...intentOf(payment), last_payment_error: { message } };
      emit("payment_intent.payment_failed", intent);
      return {
        status: 402,
        body: { error: { type: "card_error", code: decline, message, payment_intent: intent } },
      };
    },
  };

  const read = (path: string, query: URLSearchParams): Json | null => {
    const of = query.get("payment_intent");
    if (path === "/v1/refunds") return listOf(of === null ? [] : get(payments, of).refunds);
    if (path === "/v1/disputes") return listOf(of === null ? [] : get(payments, of).disputes);
    if (path === "/v1/events") return eventPage(query);
    const id = /^\/v1\/checkout\/sessions\/(\w+)$/.exec(path)?.[1];
    const session = id === undefined ? undefined : sessions.get(id);
    if (session === undefined) return null;
    const payment =
      typeof session.payment_intent === "string" ? payments.get(session.payment_intent) : undefined;
    if (payment === undefined) return session;
    return {
      ...session,
      payment_intent: {
        ...intentOf(payment),
        latest_charge: chargeOf(payment),
        payment_method: payment.methodId === null ? null : get(methods, payment.methodId),
      },
    };
  };
  const eventPage = (query: URLSearchParams): Json => {
    const types = [...query.entries()].filter(([name]) => name.startsWith("types")).map(([, type]) => type);
    const since = Number(query.get("created[gte]") ?? 0);
    const newest = events
      .map(({ body }) => JSON.parse(body) as Json)
      .filter(({ type, created }) => types.includes(type as string) && (created as number) >= since)
      .reverse();
    const after = newest.findIndex(({ id }) => id === query.get("starting_after"));
    const limit = Number(query.get("limit") ?? 10);
    const rest = newest.slice(after + 1);
    return { ...listOf(rest.slice(0, limit)), has_more: rest.length > limit };
  };

  const answer = async (req: IncomingMessage): Promise<{ status: number; body: Json } | null> => {
    const url = new URL(req.url ?? "/", "http://fake");
    const key = (req.headers["idempotency-key"] as string | undefined) ?? null;
    const form = new URLSearchParams(await text(req));
    requests.push({ method: req.method ?? "", path: url.pathname, key });
    const trouble = troubles.shift();
    if (trouble === "lost_request") return null;
    if (trouble !== undefined && trouble !== "lost_answer")
      return { status: trouble.status, body: { error: { type: "api_error", message: "planned" } } };
    if (req.method === "GET") {
      const body = read(url.pathname, url.searchParams);
      return body === null ? missing : { status: 200, body };
    }
    const place = `${url.pathname} ${key}`;
    const result = (key === null ? undefined : answers.get(place)) ?? create[url.pathname]?.(form) ?? missing;
    if (key !== null) answers.set(place, result);
    return trouble === "lost_answer" ? null : result;
  };

  const server = createServer((req, res) => {
    answer(req).then(
      (result) => {
        if (result === null) return void req.socket.destroy();
        res.writeHead(result.status, { "content-type": "application/json" });
        res.end(JSON.stringify(result.body));
      },
      (error: unknown) => res.destroy(error instanceof Error ? error : undefined),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    ...world,
    events,
    sessions,
    requests,
    troubles,
    declines,
    /** The event as it comes over the wire: the signature is of now, unless told otherwise. */
    sign: (event: FakeEvent, own: { secret?: string; atMs?: number } = {}): string =>
      Stripe.webhooks.generateTestHeaderString({
        payload: event.body,
        secret: own.secret ?? webhookSecret,
        timestamp: Math.floor((own.atMs ?? clock.nowMs()) / 1000),
      }),
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
export type FakePayments = Awaited<ReturnType<typeof startFakePayments>>;

const ok = (body: Json) => ({ status: 200, body });
const missing = {
  status: 404,
  body: { error: { type: "invalid_request_error", message: "No such object" } },
};
const listOf = (data: Json[]): Json => ({ object: "list", data, has_more: false });

function metadataOf(form: URLSearchParams, name: string): Json {
  const metadata: Json = {};
  for (const [key, value] of form)
    if (key.startsWith(`${name}[`)) metadata[key.slice(name.length + 1, -1)] = value;
  return metadata;
}
