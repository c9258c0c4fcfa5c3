"""Running programs over data: folders of records, structure checks, and the engines that evaluate rules."""
