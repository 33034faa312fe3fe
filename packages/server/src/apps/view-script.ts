import type { View } from './view.js'

/**
 * What runs in a view: the handshake with the client, the result as text, and further pages through the client, with
 * the rights of its user (MCP Apps 2026-01-26). Nothing of a result becomes markup: there is only `textContent`.
 */
export function viewScript(view: View): string {
  return `'use strict';
const view = ${JSON.stringify(view).replaceAll('<', '\\u003c')};
${runtime}`
}

const runtime = String.raw`
{
  const root = document.getElementById('view');
  const waiting = new Map();
  const pages = [];
  let lastId = 0, at = 0, given = {}, canCall = false, busy = false, problem = '';

  function send(message) {
    parent.postMessage({ jsonrpc: '2.0', ...message }, '*');
  }

  function ask(method, params) {
    const id = ++lastId;
    send({ id, method, params });
    return new Promise((resolve, reject) => waiting.set(id, { resolve, reject }));
  }

  function element(name, text, ...children) {
    const made = document.createElement(name);
    if (text !== undefined) made.textContent = text;
    made.append(...children);
    return made;
  }

  function shown(object, { path, kind }) {
    const value = path.split('.').reduce((each, name) => each?.[name], object);
    if (kind === 'flag') return value === true ? 'Yes' : 'No';
    if (value === undefined || value === null || value === '') return '–';
    if (kind === 'list') return [].concat(value).join(', ') || '–';
    if (kind === 'time') return new Date(value).toLocaleString();
    return String(value);
  }

  function table(rows) {
    const head = element('tr');
    for (const { label } of view.fields) {
      const cell = element('th', label);
      cell.scope = 'col';
      head.append(cell);
    }
    const body = element('tbody');
    for (const row of rows) body.append(element('tr', undefined, ...view.fields.map((field) => element('td', shown(row, field)))));
    const wide = element('div', undefined, element('table', undefined, element('thead', undefined, head), body));
    wide.className = 'wide';
    wide.tabIndex = 0;
    wide.setAttribute('role', 'region');
    wide.setAttribute('aria-label', view.title);
    return wide;
  }

  function card(object) {
    return element('dl', undefined, ...view.fields.flatMap((field) => [element('dt', field.label), element('dd', shown(object, field))]));
  }

  function button(label, enabled, onClick) {
    const made = element('button', label);
    made.type = 'button';
    made.disabled = !enabled || busy;
    made.addEventListener('click', onClick);
    return made;
  }

  function steps(hasNext) {
    const place = element('span', 'Page ' + (at + 1));
    place.setAttribute('role', 'status');
    const nav = element('nav', undefined, button('Previous', at > 0, () => turn(at - 1)), button('Next', hasNext, () => turn(at + 1)), place);
    nav.setAttribute('aria-label', 'Pages');
    return nav;
  }

  function status(text) {
    const made = element('p', text);
    made.setAttribute('role', 'status');
    return made;
  }

  function draw() {
    const page = pages[at];
    const content = page?.[view.member];
    const parts = [element('h1', view.title)];
    if (problem) parts.push(status(problem));
    else if (view.form === 'card') parts.push(content ? card(content) : status('Nothing to show.'));
    else if (!Array.isArray(content) || content.length === 0) parts.push(status('There are none.'));
    else parts.push(table(content));
    const hasNext = at + 1 < pages.length || (canCall && typeof page?.nextPageToken === 'string');
    if (at > 0 || hasNext) parts.push(steps(hasNext));
    root.replaceChildren(...parts);
  }

  async function turn(to) {
    if (to >= pages.length) {
      busy = true;
      draw();
      const { nextPageToken: pageToken } = pages[at];
      const result = await ask('tools/call', { name: view.tool, arguments: { ...given, pageToken } }).catch(() => ({ isError: true }));
      busy = false;
      if (!take(result)) return draw();
    }
    at = to;
    draw();
  }

  function take(result) {
    const texts = (result.content ?? []).filter(({ type }) => type === 'text').map(({ text }) => text);
    problem = result.isError ? texts.join('\n') || 'The call failed.' : '';
    if (problem) return false;
    pages.push(result.structuredContent ?? parsed(texts[0]));
    return true;
  }

  function parsed(text) {
    try {
      return JSON.parse(text);
    } catch {
      return {};
    }
  }

  function appear(context) {
    if (context?.theme === 'light' || context?.theme === 'dark') document.documentElement.dataset.theme = context.theme;
    for (const [name, value] of Object.entries(context?.styles?.variables ?? {})) {
      if (/^--(color|font)-[a-z0-9-]+$/.test(name) && value) document.documentElement.style.setProperty(name, value);
    }
  }

  const notifications = {
    'ui/notifications/tool-input': ({ arguments: args }) => {
      const { pageToken, ...rest } = args ?? {};
      given = rest;
    },
    'ui/notifications/tool-result': (result) => {
      pages.length = at = 0;
      take(result);
      draw();
    },
    'ui/notifications/tool-cancelled': () => {
      problem = 'The call was cancelled.';
      draw();
    },
    'ui/notifications/host-context-changed': appear,
  };

  addEventListener('message', ({ source, data }) => {
    if (source !== parent || data?.jsonrpc !== '2.0') return;
    if (data.method === undefined) {
      const { resolve, reject } = waiting.get(data.id) ?? {};
      waiting.delete(data.id);
      if (data.error) reject?.(data.error);
      else resolve?.(data.result);
    } else if (data.id === undefined) {
      if (Object.hasOwn(notifications, data.method)) notifications[data.method](data.params ?? {});
    } else if (data.method === 'ping' || data.method === 'ui/resource-teardown') {
      send({ id: data.id, result: {} });
    } else {
      send({ id: data.id, error: { code: -32601, message: 'Method not found' } });
    }
  });

  new ResizeObserver(() => {
    const { width, height } = document.documentElement.getBoundingClientRect();
    send({ method: 'ui/notifications/size-changed', params: { width: Math.ceil(width), height: Math.ceil(height) } });
  }).observe(document.documentElement);

  ask('ui/initialize', {
    appInfo: { name: 'scalekit-' + view.tool.replaceAll('_', '-'), version: '1.0.0' },
    appCapabilities: {},
    protocolVersion: '2026-01-26',
  }).then(({ hostContext, hostCapabilities }) => {
    canCall = hostCapabilities?.serverTools !== undefined;
    appear(hostContext);
    send({ method: 'ui/notifications/initialized', params: {} });
  });
}
`
