import serverless from 'serverless-http'
import { createApp } from './app.js'
import { readSettings } from './settings.js'

/** The same app as a serverless function behind an HTTP API gateway. */
export const handler = serverless(createApp(readSettings(process.env)))
