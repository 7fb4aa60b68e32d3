/** The first message to a worker of the page that is one file: what it may read, packed, by name. */
export interface WorkerFiles {
  readonly type: "files";
  readonly files: ReadonlyMap<string, Blob>;
  /** The other end takes a {@link BytesWanted}, once. */
  readonly port: MessagePort;
}

/** WebKit does not let the worker of such a page read any blob: it is sent what is in them. */
export interface BytesWanted {
  readonly type: "bytes";
}

export type FilesBytes = ReadonlyMap<string, ArrayBuffer>;
