using Attune.Text.Models;
using FormatException = Attune.Formats.FormatException;

namespace Attune.Text.SentencePieces;

/// <summary>The pieces of a model by their spelling.</summary>
internal sealed class PieceTable
{
    private readonly SentencePieceModel model;
    private readonly PieceTrie userDefined = new();

    public PieceTable(SentencePieceModel model)
    {
        this.model = model;
        Vocabulary = new Vocabulary(model.Pieces.Count + 1);
        for (int id = 0; id < model.Pieces.Count; id++)
        {
            if (!Vocabulary.TryAdd(model.Pieces[id].Text, id))
            {
                throw new FormatException(model.File, -1, $"the piece \"{model.Pieces[id].Text}\" comes twice");
            }

            if (model.Pieces[id].Type == PieceType.UserDefined)
            {
                userDefined.Add(model.Pieces[id].Text, id);
            }
        }
    }

    public Vocabulary Vocabulary { get; }

    public int UnknownId => model.UnknownId;

    public float ScoreOf(int id) => model.Pieces[id].Score;

    public bool IsUnused(int id) => model.Pieces[id].Type == PieceType.Unused;

    /// <summary>Whether text is cut into pieces of this kind: not those for control, bytes and the unknown.</summary>
    public bool IsText(int id) => model.Pieces[id].Type is PieceType.Normal or PieceType.UserDefined or PieceType.Unused;

    /// <summary>The id of a piece that text is cut into; that of the unknown where the stretch is none.</summary>
    public int IdOf(ReadOnlySpan<char> stretch)
    {
        int id = Vocabulary.IdOf(stretch);
        return id >= 0 && IsText(id) ? id : UnknownId;
    }

    /// <summary>The length of the first symbol: the longest user-defined piece, or one character.</summary>
    public int FirstSymbol(ReadOnlySpan<char> text, out bool isUserDefined)
    {
        int length = userDefined.Longest(text, out _);
        isUserDefined = length > 0;
        return isUserDefined ? length : CodePoints.LengthAt(text, 0);
    }
}
