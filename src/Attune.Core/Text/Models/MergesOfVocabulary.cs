namespace Attune.Text.Models;

/// <summary>The merges that a vocabulary implies: every way to make a token of two others.</summary>
internal static class MergesOfVocabulary
{
    /// <summary>The tokens of higher score first; of one token's ways, those with the longer left part first.</summary>
    public static List<Merge> ByScore(IReadOnlyList<string> tokens, Vocabulary vocabulary, float[] scores) => Ways(tokens, vocabulary)
        .OrderByDescending(way => scores[way.Result]).ThenByDescending(way => way.LeftLength).ThenByDescending(way => way.RightLength)
        .Select(way => new Merge(way.Left, way.Right, way.Result)).ToList();

    /// <summary>The tokens of lower id first; of one token's ways, those with the shorter left part first.</summary>
    public static List<Merge> ById(IReadOnlyList<string> tokens, Vocabulary vocabulary) => Ways(tokens, vocabulary)
        .OrderBy(way => way.Result).ThenBy(way => way.LeftLength).ThenBy(way => way.RightLength)
        .Select(way => new Merge(way.Left, way.Right, way.Result)).ToList();

    private static List<Way> Ways(IReadOnlyList<string> tokens, Vocabulary vocabulary)
    {
        var ways = new List<Way>();
        for (int id = 0; id < tokens.Count; id++)
        {
            string token = tokens[id];
            int length = CodePoints.Count(token);
            var its = new List<Way>();
            for (int cut = 0, left = 0; cut < token.Length; cut += CodePoints.LengthAt(token, cut), left++)
            {
                int a = cut == 0 ? -1 : vocabulary.IdOf(token.AsSpan(0, cut));
                int b = a < 0 ? -1 : vocabulary.IdOf(token.AsSpan(cut));
                if (b >= 0)
                {
                    its.Add(new Way(a, b, id, left, length - left));
                }
            }

            ways.AddRange(its.OrderBy(way => way.Left).ThenBy(way => way.Right));
        }

        return ways;
    }

    private readonly record struct Way(int Left, int Right, int Result, int LeftLength, int RightLength);
}
