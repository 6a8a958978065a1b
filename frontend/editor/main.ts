import { readEditorData } from './data'
import { messagesFor } from './messages'
import { openPage } from './page'

const root = document.getElementById('editor')
if (root) {
  try {
    openPage(root, readEditorData(document))
  } catch (error) {
    root.textContent = messagesFor(document.documentElement.lang).broken
    throw error
  }
}
