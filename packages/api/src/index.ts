export { answerStatus } from './answer-status.js'
export { type AuthOption, authOption, type CallerKind } from './auth-option.js'
export {
  type ApiErrorDetail,
  apiError,
  codeName,
  errorInfo,
  errorReason,
  type FieldViolation,
  invalidFields,
} from './errors.js'
export { type HttpBinding, httpBindings } from './http-rule.js'
export * from './messages.js'
export { refuseUndefined } from './refuse-undefined.js'
export { innerMessage, type RequestField, requestFields } from './request-fields.js'
export { type RestRequest, restRequest } from './rest-request.js'
export { createTranscoder, type RestHandler, type TranscoderOptions } from './rest-server.js'
export { createRestTransport, type RestTransportOptions } from './rest-transport.js'
export * from './services.js'
