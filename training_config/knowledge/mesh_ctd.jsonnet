// A knowledge base for linking mentions of chemicals and diseases: MeSH with its supplementary records, and
// CTD's diseases (MEDIC).
//
//     bio-ie build-kb training_config/knowledge/mesh_ctd.jsonnet --output mesh_ctd.sqlite
//     bio-ie build-index mesh_ctd.sqlite
local open = import 'open.jsonnet';

open { sources: [source for source in open.sources if source.type == 'mesh' || source.type == 'ctd'] }
