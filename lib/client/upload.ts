import { httpLimits } from "#lib/kernel/limits/http.ts";
import { apiUrl, CSRF_HEADERS, type SearchValues } from "./api.ts";
import { ApiError, errorOfAnswer } from "./api-error.ts";

interface UploadInput {
  path: string;
  search?: SearchValues;
  body: Blob;
  contentType: string;
  /** Called with 0 to 1 while bytes leave. */
  onProgress: (ratio: number) => void;
}

/** Sends one file as the body of a POST, with progress, which fetch cannot tell. Throws ApiError. */
export function upload<Value>({ path, search, body, contentType, onProgress }: UploadInput): Promise<Value> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", apiUrl(path, search));
    request.timeout = httpLimits.requestTimeoutMs;
    request.setRequestHeader("accept", "application/json");
    request.setRequestHeader("content-type", contentType);
    for (const [name, value] of Object.entries(CSRF_HEADERS)) request.setRequestHeader(name, value);
    request.upload.onprogress = (event) => {
      if (event.lengthComputable) onProgress(event.loaded / event.total);
    };
    request.onload = () => {
      if (request.status >= 400) {
        reject(
          errorOfAnswer(request.status, (name) => request.getResponseHeader(name), request.responseText),
        );
        return;
      }
      onProgress(1);
      resolve(JSON.parse(request.responseText) as Value);
    };
    const fail = (code: string, message: string) => () =>
      reject(new ApiError(message, { status: 0, code, retryable: true }));
    request.onerror = fail("network", "The upload was interrupted. Check the connection, then try again.");
    request.ontimeout = fail("timeout", "The upload took too long and was given up.");
    request.send(body);
  });
}
