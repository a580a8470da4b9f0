using Attune.Benchmarks;

// benchmarks VERB SHARED: the figures that the README and the closing notes quote, each as a ratio within one run.
return args switch
{
    ["text", var shared] => TextBenchmark.Run(shared),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("usage: Attune.Benchmarks text SHARED    (SHARED: the folder with data, tokenizers, models and python/run)");
    return 64;
}
