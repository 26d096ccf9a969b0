import { apiBase, client, unwrap } from './client'
import type { DownloadFormat, DownloadItem } from './types'

/**
 * Has the server prepare a selection as one archive, and lets the browser save it. Failures to prepare it are thrown; from
 * then on the download is the browser's. Answers the name of the file.
 */
export async function startDownload(format: DownloadFormat, items: DownloadItem[]): Promise<string> {
  const { address, name } = await unwrap(client.POST('/api/v1/downloads', { body: { format, items } }))
  const link = document.createElement('a')
  link.href = `${apiBase}${address}`
  // The name is the server's to give; with this set, even an error does not take the place of the page.
  link.download = ''
  link.click()
  return name
}
