import { expect, it } from 'vitest'
import { createLocalScalekit } from '../src/index.js'

it('an option that does not exist is refused, with those that do', async () => {
  await expect(createLocalScalekit({ prot: 0, memory: true } as never)).rejects.toMatchObject({
    code: 'option_invalid',
    message: expect.stringMatching(/^prot: no such option\. The options are port, /),
  })
})
