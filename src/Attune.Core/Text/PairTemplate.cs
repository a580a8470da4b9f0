using Attune.Text.Models;
using Attune.Text.PostProcessors;

namespace Attune.Text;

/// <summary>What goes around a text and around two, in order: special tokens and the texts <c>$A</c> and <c>$B</c>, each with its segment.</summary>
internal sealed record PairTemplate((string Piece, int Segment)[] Single, (string Piece, int Segment)[] Pair)
{
    /// <summary>Both as a post-processor.</summary>
    public TemplateProcessing Make(Vocabulary vocabulary, string file)
    {
        var tokens = new Dictionary<string, TemplateToken>(StringComparer.Ordinal);
        foreach ((string token, _) in Pair.Where(place => !IsText(place.Piece)))
        {
            int id = vocabulary.IdOf(token);
            tokens[token] = id >= 0 ? new TemplateToken(token, [id], [token])
                : throw new AttuneException(ExitCode.BadData, file, $"\"{token}\" is not in the vocabulary");
        }

        return new TemplateProcessing(Pieces(Single), Pieces(Pair), tokens);
    }

    private static List<TemplatePiece> Pieces((string Piece, int Segment)[] places) =>
        [.. places.Select(place => new TemplatePiece(IsText(place.Piece), IsText(place.Piece) ? place.Piece[1..] : place.Piece, place.Segment))];

    private static bool IsText(string piece) => piece is "$A" or "$B";
}
