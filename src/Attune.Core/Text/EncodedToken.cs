namespace Attune.Text;

/// <summary>One token of an encoding in the making.</summary>
/// <param name="Id">Its id in the vocabulary.</param>
/// <param name="Token">How it is spelled.</param>
/// <param name="IsSpelledAlike">Whether the vocabulary spells it so too: it need not be kept then.</param>
/// <param name="Place">Where it belongs.</param>
internal readonly record struct EncodedToken(int Id, string Token, bool IsSpelledAlike, TokenPlace Place);

/// <summary>Where a token belongs; small, and without references, for there are millions of them.</summary>
/// <param name="Offsets">The stretch of its text; (0, 0) for an added token.</param>
/// <param name="Word">The number of its word; negative for an added token.</param>
/// <param name="TypeId">Its segment.</param>
/// <param name="Sequence">Which text it comes from; negative for an added token.</param>
/// <param name="IsAttended">Whether it is no padding.</param>
internal readonly record struct TokenPlace(TextRange Offsets, int Word, int TypeId, sbyte Sequence, bool IsAttended)
{
    public bool IsAdded => Sequence < 0;
}
