import type { Readable } from 'node:stream';

/** A file or folder of a sandbox. */
export type SandboxEntry = {
  readonly name: string;
  readonly isFolder: boolean;
  /** Neither a folder nor a pipe, socket or device: only such files can be read. */
  readonly isRegular: boolean;
  /** Bytes. */
  readonly size: number;
  /** Seconds since the epoch. */
  readonly modifiedAt: number;
};

/** The files that tasks left in their sandboxes. Paths are relative to the sandbox; '' is the sandbox itself. */
export type SandboxFiles = {
  /** Undefined when there is no such file, or no such sandbox any more. */
  readonly stat: (containerId: string, path: string) => SandboxEntry | undefined;
  /** What lies directly in a folder; empty for anything else. */
  readonly list: (containerId: string, path: string) => readonly SandboxEntry[];
  /** The bytes from an offset on; fewer than `length` at the end of the file, none of what is not a regular file. */
  readonly read: (containerId: string, path: string, offset: number, length: number) => Buffer;
  /** A whole file: its bytes, or what opens it where it may be too large for the memory. Undefined unless it is a regular file. */
  readonly content: (containerId: string, path: string) => Buffer | (() => Readable) | undefined;
};
