"""金融知识答题闯关: a quiz that explains every answer and names the article."""
