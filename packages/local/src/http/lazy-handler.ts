type Handler<Request, Response> = (
  request: Request,
  response: Response,
  next: (error?: unknown) => void,
) => unknown

/**
 * A handler whose code is loaded by the first request that needs it, and made once. What fails to load is tried
 * again by the next request.
 */
export function lazyHandler<Request, Response>(
  load: () => Promise<Handler<Request, Response>>,
): Handler<Request, Response> {
  let loading: Promise<Handler<Request, Response>> | undefined
  return (request, response, next) => {
    loading ??= load()
    loading.then(
      (handler) => handler(request, response, next),
      (error: unknown) => {
        loading = undefined
        next(error)
      },
    )
  }
}
