/**
 * What the fixture server of the conformance suite offers in both eras: names, texts and schemas are those that the
 * suite asks for.
 */

/** One red pixel, PNG. */
export const PIXEL_PNG =
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8DwHwAFBQIAX8jx0gAAAABJRU5ErkJggg==";

/** A sound without samples, WAV: mono, 8,000 per second, 8 bits. */
export const SILENCE_WAV = (() => {
  const header = Buffer.alloc(44);
  header.write("RIFF", 0);
  header.writeUInt32LE(36, 4);
  header.write("WAVEfmt ", 8);
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(1, 22);
  header.writeUInt32LE(8_000, 24);
  header.writeUInt32LE(8_000, 28);
  header.writeUInt16LE(1, 32);
  header.writeUInt16LE(8, 34);
  header.write("data", 36);
  return header.toString("base64");
})();

export type Content =
  | { type: "text"; text: string }
  | { type: "image" | "audio"; data: string; mimeType: string }
  | { type: "resource"; resource: { uri: string; mimeType: string; text: string } };

const text = (value: string): Content => ({ type: "text", text: value });
const image: Content = { type: "image", data: PIXEL_PNG, mimeType: "image/png" };

export interface PlainTool {
  name: string;
  description: string;
  content: Content[];
  isError?: true;
}

/** Tools without arguments that answer at once. */
export const PLAIN_TOOLS: readonly PlainTool[] = [
  {
    name: "test_simple_text",
    description: "Answers a text.",
    content: [text("This is a simple text response for testing.")],
  },
  { name: "test_image_content", description: "Answers an image.", content: [image] },
  {
    name: "test_audio_content",
    description: "Answers a sound.",
    content: [{ type: "audio", data: SILENCE_WAV, mimeType: "audio/wav" }],
  },
  {
    name: "test_embedded_resource",
    description: "Answers a resource inside the content.",
    content: [
      {
        type: "resource",
        resource: {
          uri: "test://embedded-resource",
          mimeType: "text/plain",
          text: "This is an embedded resource content.",
        },
      },
    ],
  },
  {
    name: "test_multiple_content_types",
    description: "Answers content of several kinds.",
    content: [
      text("Multiple content types test:"),
      image,
      {
        type: "resource",
        resource: {
          uri: "test://mixed-content-resource",
          mimeType: "application/json",
          text: JSON.stringify({ test: "data", value: 123 }),
        },
      },
    ],
  },
  {
    name: "test_error_handling",
    description: "Always fails.",
    content: [text("This tool intentionally returns an error for testing")],
    isError: true,
  },
];

/** A tool whose schema uses what many servers strip. */
export const SCHEMA_TOOL = {
  name: "json_schema_2020_12_tool",
  description: "Has an input schema with the vocabulary of JSON Schema 2020-12.",
  inputSchema: {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    type: "object" as const,
    $defs: {
      address: {
        $anchor: "addressDef",
        type: "object",
        properties: { street: { type: "string" }, city: { type: "string" } },
      },
    },
    properties: {
      name: { type: "string" },
      address: { $ref: "#/$defs/address" },
      contactMethod: { type: "string", enum: ["phone", "email"] },
      phone: { type: "string" },
      email: { type: "string" },
    },
    allOf: [{ anyOf: [{ required: ["phone"] }, { required: ["email"] }] }],
    if: { properties: { contactMethod: { const: "phone" } }, required: ["contactMethod"] },
    // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
    then: { required: ["phone"] },
    else: { required: ["email"] },
    additionalProperties: false,
  },
};

export const RESOURCES = [
  {
    uri: "test://static-text",
    name: "static-text",
    description: "A text.",
    mimeType: "text/plain",
    body: { text: "This is the content of the static text resource." },
  },
  {
    uri: "test://static-binary",
    name: "static-binary",
    description: "An image.",
    mimeType: "image/png",
    body: { blob: PIXEL_PNG },
  },
  {
    uri: "test://watched-resource",
    name: "watched-resource",
    description: "A text that clients may watch.",
    mimeType: "text/plain",
    body: { text: "Nothing changed yet." },
  },
] as const;

export const RESOURCE_TEMPLATE = {
  uriTemplate: "test://template/{id}/data",
  name: "template",
  description: "Data by id.",
  mimeType: "application/json",
};

/** The text behind `test://template/{id}/data`. */
export const templateText = (id: string): string =>
  JSON.stringify({ id, templateTest: true, data: `Data for ID: ${id}` });

interface PromptArgument {
  name: string;
  description: string;
  required: true;
}

export interface FixturePrompt {
  name: string;
  description: string;
  arguments: PromptArgument[];
  messages(args: Readonly<Record<string, string>>): { role: "user"; content: Content }[];
}

const required = (name: string, description: string): PromptArgument => ({
  name,
  description,
  required: true,
});

export const PROMPTS: readonly FixturePrompt[] = [
  {
    name: "test_simple_prompt",
    description: "A prompt without arguments.",
    arguments: [],
    messages: () => [{ role: "user", content: text("This is a simple prompt for testing.") }],
  },
  {
    name: "test_prompt_with_arguments",
    description: "A prompt with two arguments.",
    arguments: [required("arg1", "First test argument"), required("arg2", "Second test argument")],
    messages: ({ arg1, arg2 }) => [
      { role: "user", content: text(`Prompt with arguments: arg1='${arg1}', arg2='${arg2}'`) },
    ],
  },
  {
    name: "test_prompt_with_embedded_resource",
    description: "A prompt with a resource inside.",
    arguments: [required("resourceUri", "The resource to embed")],
    messages: ({ resourceUri = "" }) => [
      {
        role: "user",
        content: {
          type: "resource",
          resource: {
            uri: resourceUri,
            mimeType: "text/plain",
            text: "Embedded resource content for testing.",
          },
        },
      },
      { role: "user", content: text("Please process the embedded resource above.") },
    ],
  },
  {
    name: "test_prompt_with_image",
    description: "A prompt with an image.",
    arguments: [],
    messages: () => [
      { role: "user", content: image },
      { role: "user", content: text("Please analyze the image above.") },
    ],
  },
];

/** How long the tools that report progress or write log messages take between two of them. */
export const STEP_MS = 50;
