/** Whether a path is of the control or the dashboard: they look on, so no log has them, and no fault meets them. */
export function isOnlooker(url: string): boolean {
  return /^\/(__local\/|dashboard(\/|$)|$)/.test(url.split('?', 1)[0] ?? '')
}
