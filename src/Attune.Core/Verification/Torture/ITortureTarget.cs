namespace Attune.Verification;

/// <summary>A reader of foreign bytes, with what it takes to torture it.</summary>
internal interface ITortureTarget
{
    /// <summary>What is read, as the command line names it.</summary>
    string Name { get; }

    /// <summary>A damaged input; the same random numbers make the same bytes.</summary>
    byte[] Make(Random random);

    /// <summary>Reads an input; throws <see cref="AttuneException"/> where it is refused. What was read wrongly is any other exception.</summary>
    void Read(byte[] input);
}
