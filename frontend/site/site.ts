import { closeMenus, offerCopies, unfoldForPrint } from './comforts'

offerCopies(document)
closeMenus(document)
unfoldForPrint()
