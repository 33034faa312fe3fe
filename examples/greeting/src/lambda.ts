import serverless from 'serverless-http'
import { createApp } from './app.js'
import { loadConfig } from './config.js'

/** The same app as a function behind an HTTP gateway, such as AWS Lambda. */
export const handler = serverless(createApp(loadConfig()))
