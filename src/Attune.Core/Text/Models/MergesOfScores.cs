namespace Attune.Text.Models;

/// <summary>
/// The merges that a SentencePiece vocabulary implies: every way to make a token of two others, the tokens of higher score first; of one
/// token's ways, those with the longer left part first.
/// </summary>
internal static class MergesOfScores
{
    public static List<Merge> Make(string[] tokens, Vocabulary vocabulary, float[] scores)
    {
        var ways = new List<Way>();
        for (int id = 0; id < tokens.Length; id++)
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
                    its.Add(new Way(a, b, id, scores[id], left, length - left));
                }
            }

            ways.AddRange(its.OrderBy(way => way.Left).ThenBy(way => way.Right));
        }

        return ways.OrderByDescending(way => way.Score).ThenByDescending(way => way.LeftLength).ThenByDescending(way => way.RightLength)
            .Select(way => new Merge(way.Left, way.Right, way.Result)).ToList();
    }

    private readonly record struct Way(int Left, int Right, int Result, float Score, int LeftLength, int RightLength);
}
