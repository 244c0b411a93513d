import { promisify } from "node:util";
import { crc32, inflateRaw } from "node:zlib";
import { DomainError } from "#lib/kernel/errors.ts";

/** One file of an archive: its name as stored, its content unpacked and checked. */
export interface ZipEntry {
  name: string;
  bytes: Uint8Array;
}

interface ZipCaps {
  /** Files and directories together. */
  entriesMax: number;
  /** All files together, unpacked. */
  unpackedBytesMax: number;
}

const END_SIGNATURE = 0x06054b50;
const END_BYTES = 22;
const COMMENT_BYTES_MAX = 0xffff;
const CENTRAL_SIGNATURE = 0x02014b50;
const CENTRAL_BYTES = 46;
const LOCAL_SIGNATURE = 0x04034b50;
const LOCAL_BYTES = 30;
const STORED = 0;
const DEFLATED = 8;
const FLAG_ENCRYPTED = 1;
const UNIX_TYPE_MASK = 0xf000;
const UNIX_SYMLINK = 0xa000;

const inflate = promisify(inflateRaw);
const refuse = (message: string): DomainError => new DomainError("bundle_refused", message);

/**
 * The files of a zip archive, directories left out. Goes by the central directory, as unpackers do, and trusts none of
 * it: sizes are added up before anything is unpacked, no file may unpack to more than it declares, and checksums must
 * match. Throws `bundle_refused` with what is wrong.
 */
export async function readZip(archive: Uint8Array, caps: ZipCaps): Promise<ZipEntry[]> {
  const bytes = Buffer.from(archive.buffer, archive.byteOffset, archive.byteLength);
  const headers = readDirectory(bytes, caps.entriesMax).filter((header) => !header.name.endsWith("/"));
  const unpackedBytes = headers.reduce((total, header) => total + header.unpackedBytes, 0);
  if (unpackedBytes > caps.unpackedBytesMax)
    throw refuse(`The zip unpacks to more than ${caps.unpackedBytesMax} bytes.`);
  const entries: ZipEntry[] = [];
  for (const header of headers) entries.push({ name: header.name, bytes: await unpack(bytes, header) });
  return entries;
}

interface Header {
  name: string;
  method: number;
  checksum: number;
  packedBytes: number;
  unpackedBytes: number;
  offset: number;
}

function readDirectory(bytes: Buffer, entriesMax: number): Header[] {
  const end = findEnd(bytes);
  const count = bytes.readUInt16LE(end + 10);
  const start = bytes.readUInt32LE(end + 16);
  if (count === 0xffff || start === 0xffffffff)
    throw refuse("The zip is in the ZIP64 format. Make a plain zip.");
  if (bytes.readUInt16LE(end + 4) !== 0 || bytes.readUInt16LE(end + 8) !== count)
    throw refuse("The zip is split over several files. Make a plain zip.");
  if (count > entriesMax) throw refuse(`The zip holds more than ${entriesMax} files.`);
  const headers: Header[] = [];
  let at = start;
  for (let index = 0; index < count; index++) {
    if (at + CENTRAL_BYTES > bytes.length || bytes.readUInt32LE(at) !== CENTRAL_SIGNATURE)
      throw refuse("The zip is damaged: its directory does not list what it says.");
    const nameBytes = bytes.readUInt16LE(at + 28);
    const name = decodeName(bytes.subarray(at + CENTRAL_BYTES, at + CENTRAL_BYTES + nameBytes));
    if ((bytes.readUInt16LE(at + 8) & FLAG_ENCRYPTED) !== 0)
      throw refuse(`${name} is encrypted. Make a zip without a password.`);
    if ((bytes.readUInt16LE(at + 40) & UNIX_TYPE_MASK) === UNIX_SYMLINK)
      throw refuse(`${name} is a symbolic link. Put the file itself into the zip.`);
    headers.push({
      name,
      method: bytes.readUInt16LE(at + 10),
      checksum: bytes.readUInt32LE(at + 16),
      packedBytes: bytes.readUInt32LE(at + 20),
      unpackedBytes: bytes.readUInt32LE(at + 24),
      offset: bytes.readUInt32LE(at + 42),
    });
    at += CENTRAL_BYTES + nameBytes + bytes.readUInt16LE(at + 30) + bytes.readUInt16LE(at + 32);
  }
  return headers;
}

function findEnd(bytes: Buffer): number {
  const earliest = Math.max(0, bytes.length - END_BYTES - COMMENT_BYTES_MAX);
  for (let at = bytes.length - END_BYTES; at >= earliest; at--)
    if (bytes.readUInt32LE(at) === END_SIGNATURE) return at;
  throw refuse("This is not a zip archive, or it is cut off.");
}

function decodeName(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new DomainError("bundle_refused", "The zip holds a file whose name is not UTF-8.", { cause });
  }
}

async function unpack(bytes: Buffer, header: Header): Promise<Uint8Array> {
  const { name, offset } = header;
  const damaged = (cause?: unknown) =>
    new DomainError("bundle_refused", `The zip is damaged: ${name} cannot be unpacked.`, { cause });
  if (offset + LOCAL_BYTES > bytes.length || bytes.readUInt32LE(offset) !== LOCAL_SIGNATURE) throw damaged();
  const start = offset + LOCAL_BYTES + bytes.readUInt16LE(offset + 26) + bytes.readUInt16LE(offset + 28);
  if (start + header.packedBytes > bytes.length) throw damaged();
  const packed = bytes.subarray(start, start + header.packedBytes);
  let unpacked: Uint8Array;
  if (header.method === STORED) unpacked = packed;
  else if (header.method === DEFLATED) {
    try {
      unpacked = await inflate(packed, { maxOutputLength: Math.max(1, header.unpackedBytes) });
    } catch (cause) {
      throw damaged(cause);
    }
  } else throw refuse(`${name} is packed with a method that is not supported. Make a zip with deflate.`);
  if (unpacked.length !== header.unpackedBytes || crc32(unpacked) !== header.checksum) throw damaged();
  return unpacked;
}
