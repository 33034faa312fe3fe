import { fileURLToPath } from 'node:url'
import { freePort } from '../test/harness/program.js'
import { load } from './load.js'
import { start } from './process.js'
import { contenders } from './servers.js'
import { workloads } from './workloads.js'
const sp = await freePort(); const issuer = `http://127.0.0.1:${sp}`
const s = start([process.execPath,'--import','tsx',fileURLToPath(new URL('./scalekit-process.ts', import.meta.url)),String(sp)],{},1)
await new Promise(r=>setTimeout(r,2500))
const port = await freePort(); const host=`127.0.0.1:${port}`; const resource=`http://${host}/mcp`
const c = contenders[0]!
const p = start([process.execPath,'--cpu-prof','--cpu-prof-dir=/tmp/prof',...c.command.slice(1)],{...c.env({port,issuer,resource}),NODE_ENV:'development'},0)
await new Promise(r=>setTimeout(r,4000))
const callers = await Promise.all(Array.from({length:50},async(_,i)=>{const subject=`usr_${i}`;return {subject,token:await (await fetch(`${issuer}/mint?sub=${subject}&aud=${encodeURIComponent(resource)}`)).text()}}))
const w = workloads.filter(x=>x.name===process.argv[2])[0]!
console.log(await load({port,connections:10,milliseconds:15000,shoot:w.shoot(host,callers)}))
p.child.kill('SIGTERM'); await new Promise(r=>p.child.once('close',r)); await s.stop(); process.exit(0)
