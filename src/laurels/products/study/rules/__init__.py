"""Study's pure arithmetic: windows and limits of tokens, permissions, words and passages."""
